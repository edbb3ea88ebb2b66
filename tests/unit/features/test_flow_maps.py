import numpy as np
import pytest

from mexlab.errors import FaceNotFoundError, InputError
from mexlab.features.flow_maps import compute_flow_maps
from mexlab.features.settings import FlowSettings

INNER = (slice(20, -20), slice(20, -20))


def test_a_moved_face_moves_by_as_much_in_the_crops_pixels(clip):
    result = compute_flow_maps(clip, 10, 11)
    assert result.maps.shape == (170, 140, 3)
    assert result.maps.dtype == np.float32
    assert (result.onset, result.apex) == (10, 11)
    u, v, strain = np.moveaxis(result.maps[INNER], 2, 0)
    assert np.median(u) == pytest.approx(1.5 * 140 / result.box.width, abs=0.05)
    assert np.median(v) == pytest.approx(-0.75 * 170 / result.box.height, abs=0.05)
    assert np.median(strain) < 0.01


def test_box_holds_the_landmarks_with_the_margins(clip):
    result = compute_flow_maps(clip, 10, 11)
    points = result.landmarks
    scale = np.array([140 / result.box.width, 170 / result.box.height])
    low, high = points.min(axis=0), points.max(axis=0)
    np.testing.assert_allclose(low, (np.array([5, 25]) + 0.5) * scale - 0.5, atol=1e-3)
    np.testing.assert_allclose(high[0], 140 - (5 + 0.5) * scale[0] - 0.5, atol=1e-3)
    np.testing.assert_allclose(high[1], 170 - 0.5 * scale[1] - 0.5, atol=1e-3)


def test_compensated_takes_the_heads_motion_off(clip):
    result = compute_flow_maps(clip, 10, 11, FlowSettings(head_motion="compensated"))
    assert np.abs(np.median(result.maps[INNER][..., :2], axis=(0, 1))).max() < 0.03


def test_mask_and_network_input(clip):
    result = compute_flow_maps(clip, 10, 11)
    masked = result.masked()
    assert result.mask.sum() > 200
    assert not masked[result.mask].any()
    np.testing.assert_array_equal(masked[~result.mask], result.maps[~result.mask])
    seen = result.network_input()
    assert seen.shape == (3, 28, 28)
    assert seen.dtype == np.float32
    # Away from the eyes the input is the mean of the pixels it covers.
    covered = masked[-6:, 65:70, 0].mean()
    assert seen[0, 27, 13] == pytest.approx(covered, abs=0.1)
    assert seen.mean() == pytest.approx(masked.mean(), abs=1e-3)


@pytest.mark.parametrize("margin", [0.0, 5.0])
def test_a_cells_value_over_the_rest_of_its_share_is_the_mean_of_what_is_not_masked(clip, margin):
    result = compute_flow_maps(clip, 10, 11, FlowSettings(eye_mask_margin=margin))
    seen, share = result.network_input(), result.masked_share()
    assert share.shape == (28, 28)
    assert share.dtype == np.float32
    assert share.mean() == pytest.approx(result.mask.mean(), abs=1e-6)
    # Columns of cells are 5 px wide; rows of 170 / 28 px fall on whole pixels every 14.
    by_hand = FlowSettings(eye_mask_margin=margin, face_size=(140, 168))
    result = compute_flow_maps(clip, 10, 11, by_hand)
    seen, share = result.network_input(), result.masked_share()
    partly = np.argwhere((share > 0) & (share < 1))
    assert len(partly) > 10
    for row, column in partly:
        cell = (slice(6 * row, 6 * row + 6), slice(5 * column, 5 * column + 5))
        own = result.maps[cell][~result.mask[cell]].mean(axis=0)
        np.testing.assert_allclose(seen[:, row, column] / (1 - share[row, column]), own, atol=1e-5)
    off = result.with_settings(FlowSettings(eye_mask=False, face_size=(140, 168)))
    assert not off.masked_share().any()


def test_mask_off_and_margin_need_no_new_flow(clip):
    result = compute_flow_maps(clip, 10, 11)
    off = result.with_settings(FlowSettings(eye_mask=False))
    assert off.masked() is off.maps
    assert off.maps is result.maps
    bare = result.with_settings(FlowSettings(eye_mask_margin=0.0, input_size=14))
    assert 0 < bare.mask.sum() < result.mask.sum()
    assert bare.network_input().shape == (3, 14, 14)
    with pytest.raises(InputError, match="computed anew"):
        result.with_settings(FlowSettings(flow="dis"))


def test_known_landmarks_are_taken(clip):
    found = compute_flow_maps(clip, 10, 11)
    points = np.full((68, 2), 150, np.float32)
    points[0], points[1] = (100, 100), (239, 244)
    given = compute_flow_maps(clip, 10, 11, landmarks=points)
    assert given.box == (95, 75, 245, 245)
    assert given.box != found.box


def test_a_clip_without_a_face_is_an_error_with_a_remedy(memory_frames):
    empty = np.full((200, 200, 3), 90, np.uint8)
    with pytest.raises(FaceNotFoundError, match=r"frame 3 \(onset\) or 9 \(apex\).*upright"):
        compute_flow_maps(memory_frames({3: empty, 9: empty}), 3, 9)


def test_a_face_hidden_at_the_onset_is_found_at_the_apex(clip, memory_frames):
    hidden = np.full_like(clip.frames[10], 90)
    frames = memory_frames({10: hidden, 11: clip.frames[10]})
    assert compute_flow_maps(frames, 10, 11, FlowSettings(flow="dis")).box.width > 100


def test_missing_frame_and_frames_of_two_sizes(clip, memory_frames):
    with pytest.raises(InputError, match=r"apex: apex frame 12 is not among .*10–15"):
        compute_flow_maps(clip, 10, 12)
    mixed = memory_frames({10: clip.frames[10], 11: clip.frames[11][:-2]})
    with pytest.raises(InputError, match=r"onset frame 10 is .* and apex frame 11"):
        compute_flow_maps(mixed, 10, 11)
