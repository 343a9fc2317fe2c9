#!/usr/bin/env python3
"""Runs onnx's own checker, with shape inference, over the files of a folder.

usage: DOPPEL_ONNX=FOLDER nn_tests --gtest_filter=Onnx.EveryNetworkOfTheZooIsWritten; check_onnx.py FOLDER
"""
import sys
from pathlib import Path

import onnx

for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    onnx.checker.check_model(str(path), full_check=True)
    graph = onnx.load(path).graph
    print(f"{path.name}: {len(graph.node)} nodes, good")
