"""Masks of OpenCV's background models: grey pictures in, a byte a pixel out.

Called with the model's name, width and height. Opening 3x3 and median 5x5, as is usual;
without their shadows, which need colour.
"""
import sys

import cv2
import numpy as np

name, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
model = {"mog2": cv2.createBackgroundSubtractorMOG2, "knn": cv2.createBackgroundSubtractorKNN}[name](detectShadows=False)
kernel = np.ones((3, 3), np.uint8)
while len(picture := sys.stdin.buffer.read(width * height)) == width * height:
    mask = model.apply(np.frombuffer(picture, np.uint8).reshape(height, width))
    mask = cv2.medianBlur(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel), 5)
    sys.stdout.buffer.write(mask.tobytes())
