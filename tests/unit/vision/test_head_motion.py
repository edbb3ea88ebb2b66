import numpy as np

from mexlab.vision.head_motion import Similarity, estimate_head_motion, remove_head_motion

SHAPE = (170, 140)


def test_a_shift_is_found_and_removed(face_points):
    flow = Similarity(0, 0, 1.5, -0.75).field(SHAPE)
    rest, head = remove_head_motion(flow, face_points)
    np.testing.assert_allclose(head, (0, 0, 1.5, -0.75), atol=1e-6)
    assert np.abs(rest).max() < 1e-5


def test_turn_and_scale_are_found(face_points):
    motion = Similarity(0.01, -0.02, 0.5, 2.0)
    found = estimate_head_motion(motion.field(SHAPE), face_points)
    np.testing.assert_allclose(found, motion, atol=1e-5)


def test_the_expression_stays(face_points):
    flow = Similarity(0, 0, 1.0, 0.5).field(SHAPE)
    flow[115:130, 85:100] += (2.0, -1.0)  # a lip corner
    rest, _ = remove_head_motion(flow, face_points)
    np.testing.assert_allclose(rest[120, 90], (2.0, -1.0), atol=1e-4)
    np.testing.assert_allclose(rest[30, 30], 0, atol=1e-4)


def test_a_wrinkled_bridge_has_no_say(face_points):
    flow = Similarity(0, 0, 1.0, 0.0).field(SHAPE)
    flow[66:106, 55:85] += (0.0, -3.0)  # AU 9 lifts the nose up to the lower bridge
    found = estimate_head_motion(flow, face_points)
    for y, x in ((72, 70), (20, 20), (150, 120)):
        np.testing.assert_allclose(found.field(SHAPE)[y, x], (1.0, 0.0), atol=0.05)


def test_field_is_a_similarity():
    field = Similarity(0.1, 0.2, 1, 2).field((4, 5))
    # at x = 3, y = 2: (0.3 - 0.4 + 1, 0.6 + 0.2 + 2)
    np.testing.assert_allclose(field[2, 3], (0.9, 2.8), atol=1e-6)
