"""From two frames to motion: landmarks, crop, eye mask, optical flow, strain, colour.

Nothing is imported here, so that a page that needs the colours does not load OpenCV or dlib;
import from the module that is named for the thing (:mod:`mexlab.vision.flow`).
"""
