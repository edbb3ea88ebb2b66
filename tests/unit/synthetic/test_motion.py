"""What moves in a synthetic clip, against values known by hand."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mexlab.synthetic.acting.expressions import RECIPES, UNITS, UnitMove, displacement_at_apex
from mexlab.synthetic.acting.motion import Blink, blink_course, expression_course
from mexlab.synthetic.acting.performance import Performance, Script
from mexlab.synthetic.filming.camera import Camera, CameraSettings
from mexlab.synthetic.person.faces import RANGES, PersonParameters, cast_persons
from mexlab.synthetic.person.persons import MIRRORED, Person, build_person
from mexlab.synthetic.person.warps import invert_displacement, thin_plate_map

STILL = Script(
    count=40,
    onset=4,
    apex=20,
    offset=36,
    moves=(),
    blinks=(),
    head_travel=0.0,
    glare=False,
    residue=0.0,
    seed=(5,),
)


@pytest.fixture(scope="module")
def parameters() -> PersonParameters:
    return next(p for p in cast_persons(16, 3) if not p.glasses)


@pytest.fixture(scope="module")
def person(parameters: PersonParameters) -> Person:
    return build_person(parameters)


def at(flow: np.ndarray, point: np.ndarray) -> np.ndarray:
    x, y = np.rint(point).astype(int)
    return flow[y, x]


def test_course_starts_at_onset_peaks_at_apex_and_fades():
    course = expression_course(40, onset=4, apex=20, offset=36, residue=0.1)
    assert course[:5] == pytest.approx(0.0)
    assert course.argmax() == 20
    assert course[20] == 1.0
    assert course[36] == pytest.approx(0.1)
    assert np.all(np.diff(course[4:21]) > 0)
    assert np.all(np.diff(course[20:37]) < 0)


def test_apex_on_the_offset_holds_the_whole_expression_there():
    course = expression_course(30, onset=4, apex=20, offset=20, residue=1.0)
    assert course.argmax() == 20
    assert course[20] == 1.0


def test_lip_corner_puller_moves_both_corners_out_and_up_by_the_stated_pixels(person: Person):
    amplitude = 2.0
    script = replace(STILL, moves=(UnitMove(12, "", amplitude),))
    flow = Performance(person, script).flow(script.onset, script.apex)
    stated = amplitude * person.raw_per_crop
    for corner, outwards in ((48, -1.0), (54, 1.0)):
        u, v = at(flow, person.landmarks[corner])
        assert u * outwards > 0.6 * stated
        assert v < -0.6 * stated
        # A second bump lifts the cheek and adds a little at the corner.
        assert np.hypot(u, v) == pytest.approx(stated, rel=0.3)
    far = at(flow, person.landmarks[19])
    assert np.hypot(*far) < 0.05 * stated


@pytest.mark.parametrize(("side", "moved", "still"), [("L", 54, 48), ("R", 48, 54)])
def test_a_one_sided_unit_moves_the_persons_own_side(
    person: Person, side: str, moved: int, still: int
):
    script = replace(STILL, moves=(UnitMove(14, side, 2.0),))
    flow = Performance(person, script).flow(script.onset, script.apex)
    assert np.hypot(*at(flow, person.landmarks[moved])) > 2.0
    assert np.hypot(*at(flow, person.landmarks[still])) < 0.1


def test_brow_raise_goes_up_and_brow_lowerer_down_and_together(person: Person):
    up = displacement_at_apex(person, (UnitMove(1, "", 2.0), UnitMove(2, "", 2.0)))[1]
    dx, down = displacement_at_apex(person, (UnitMove(4, "", 2.0),))
    for inner, inwards in ((21, 1.0), (22, -1.0)):
        x, y = np.rint(person.landmarks[inner]).astype(int)
        assert up[y, x] < -1.5
        assert down[y, x] > 1.0
        assert dx[y, x] * inwards > 0.5


def test_jaw_drop_parts_the_lips(person: Person):
    dy = displacement_at_apex(person, (UnitMove(26, "", 2.0),))[1]
    upper, lower = person.landmarks[51], person.landmarks[57]
    assert abs(dy[int(upper[1]), int(upper[0])]) < 0.1
    assert dy[int(lower[1]), int(lower[0])] > 2.0


def test_every_recipe_uses_known_units_and_folds_no_skin(person: Person):
    """A backward field whose slope reaches 1 would show a point twice: torn skin."""
    for recipes in RECIPES.values():
        for recipe in recipes:
            assert set(recipe) <= set(UNITS)
            moves = tuple(UnitMove(n, "", 3.0 * share) for n, share in recipe.items())
            dx, dy = displacement_at_apex(person, moves)
            assert np.diff(dx, axis=1).max() < 0.9
            assert np.diff(dy, axis=0).max() < 0.9


def test_true_flow_warps_the_apex_onto_the_onset(person: Person):
    moves = (UnitMove(12, "", 2.5), UnitMove(6, "", 1.5), UnitMove(1, "", 1.5))
    script = replace(STILL, moves=moves, head_travel=1.0)
    performance = Performance(person, script)
    onset = performance.picture(script.onset).astype(np.float32)
    apex = performance.picture(script.apex).astype(np.float32)
    flow = performance.flow(script.onset, script.apex)
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    warped = cv2.remap(apex, x + flow[..., 0], y + flow[..., 1], cv2.INTER_CUBIC)
    face = (slice(150, 460), slice(200, 440))
    before = np.abs(apex - onset)[face].mean()
    after = np.abs(warped - onset)[face].mean()
    assert before > 1.5
    assert after < 0.35 * before


def test_displacement_from_onset_is_greatest_at_the_apex(person: Person):
    script = replace(STILL, moves=(UnitMove(4, "", 1.5), UnitMove(17, "", 1.0)))
    performance = Performance(person, script)
    size = [np.hypot(*performance.displacement(index)).max() for index in range(script.count)]
    assert int(np.argmax(size)) == script.apex
    onset = performance.picture(script.onset).astype(np.float32)
    change = [
        np.abs(performance.picture(i).astype(np.float32) - onset).sum()
        for i in range(0, script.count, 2)
    ]
    assert 2 * int(np.argmax(change)) == script.apex


def test_blink_closes_the_eyes_and_touches_nothing_else(person: Person):
    script = replace(STILL, blinks=(Blink(2, 30, 1.0),))
    performance = Performance(person, script)
    shut = int(performance.closed.argmax())
    assert performance.closed[shut] == pytest.approx(1.0, abs=0.02)
    change = np.abs(
        performance.picture(shut).astype(np.float32) - performance.picture(0).astype(np.float32)
    ).mean(-1)
    for eye in (person.landmarks[36:42], person.landmarks[42:48]):
        x, y = np.rint(eye.mean(0)).astype(int)
        assert change[y - 2 : y + 3, x - 5 : x + 6].mean() > 15
    assert change[int(person.landmarks[30, 1]) :].max() == 0
    assert np.all(blink_course(40, ()) == 0)


def test_glare_and_rims_stay_in_the_eye_region():
    wearer = build_person(next(p for p in cast_persons(16, 3) if p.glasses))
    script = replace(STILL, glare=True)
    performance = Performance(wearer, script)
    first, last = (performance.picture(i).astype(np.float32) for i in (0, 30))
    change = np.abs(last - first).mean(-1)
    rows = np.flatnonzero(change.max(1) > 1)
    assert wearer.landmarks[19, 1] - 15 < rows.min()
    assert rows.max() < wearer.landmarks[33, 1]
    assert change.max() > 10


def test_a_mirrored_face_keeps_its_landmarks_on_their_side():
    assert sorted(MIRRORED) == list(range(68))
    assert all(MIRRORED[MIRRORED[i]] == i for i in range(68))
    for parameters in cast_persons(2, 3):
        for mirror in (False, True):
            marks = build_person(replace(parameters, mirror=mirror)).landmarks
            assert marks[0, 0] < marks[36, 0] < marks[39, 0] < marks[42, 0] < marks[45, 0]
            assert marks[45, 0] < marks[16, 0]
            assert marks[37, 1] < marks[41, 1] < marks[48, 1] < marks[8, 1] < 480


def test_persons_fill_their_ranges_evenly_and_do_not_depend_on_how_many():
    persons = cast_persons(16, 0)
    assert cast_persons(4, 0) == persons[:4]
    assert cast_persons(4, 1) != persons[:4]
    assert len(cast_persons(20, 0)) == 20
    for name, (low, high) in RANGES.items():
        if name in ("skin", "hair_sides", "hair_tone"):  # bent after drawing
            continue
        values = sorted(getattr(person, name) for person in persons)
        strata = [int((value - low) / (high - low) * 16) for value in values]
        assert strata == list(range(16)), name


def test_camera_noise_has_the_stated_size_and_comes_from_its_generator():
    grey = np.full((120, 160, 3), 128, np.uint8)
    settings = CameraSettings(noise=3.0, flicker=0.0)
    camera = Camera(settings, np.random.default_rng(1))
    first, second = camera.record(grey, 0), camera.record(grey, 1)
    assert first.astype(float).std() == pytest.approx(3.0, rel=0.1)
    assert not np.array_equal(first, second)
    again = Camera(settings, np.random.default_rng(1))
    assert np.array_equal(again.record(grey, 0), first)


def test_flicker_changes_the_light_of_the_whole_frame():
    grey = np.full((40, 60, 3), 200, np.uint8)
    camera = Camera(CameraSettings(noise=0.01, flicker=0.05), np.random.default_rng(2))
    means = [camera.record(grey, index).mean() for index in range(0, 100, 5)]
    assert max(means) - min(means) > 5


def test_thin_plate_passes_through_its_points():
    source = np.array([(10.0, 10.0), (50.0, 12.0), (30.0, 40.0), (5.0, 60.0), (60.0, 60.0)])
    target = source + np.array([(2.0, 0.0), (0.0, 3.0), (-1.0, 1.0), (0.0, 0.0), (0.0, 0.0)])
    map_x, map_y = thin_plate_map(target, source, (64, 64))
    for (x, y), (from_x, from_y) in zip(target, source, strict=True):
        read = map_x[int(y), int(x)], map_y[int(y), int(x)]
        assert read == pytest.approx((from_x, from_y), abs=0.15)


def test_inverting_a_shift_gives_the_shift():
    zero = np.zeros((20, 30), np.float32)
    flow = invert_displacement((zero, zero), (zero + 1.5, zero - 0.5))
    assert np.allclose(flow, (1.5, -0.5), atol=1e-5)
    back = invert_displacement((zero + 1.5, zero), (zero, zero))
    assert np.allclose(back, (-1.5, 0.0), atol=1e-5)


def test_inverting_a_stretch_is_exact():
    """Backward d = a x draws x = (1 + f) q with 1/(1 - a) = 1 + f."""
    x = np.tile(np.arange(60, dtype=np.float32), (8, 1))
    zero = np.zeros_like(x)
    flow = invert_displacement((zero, zero), (0.2 * x, zero), iterations=20)
    assert np.allclose(flow[:, :40, 0], x[:, :40] * 0.25, atol=0.01)
