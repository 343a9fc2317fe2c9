#!/usr/bin/env python3
"""PyTorch's DistributedDataParallel over Gloo, as bench/group_train.cpp trains: resident random data, SGD.

usage: train_ddp.py RANK/WORLD@HOST:PORT NET BATCH STEPS    NET: a key of train_torch.NETS; BATCH: images of each process
Debian: python3-torch, python3-torchvision. GLOO_SOCKET_IFNAME says by which network; OMP_NUM_THREADS=1 for one core.
"""
import os
import re
import sys
import time

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from train_torch import NETS


def main():
    rank, world, host, port = re.fullmatch(r"(\d+)/(\d+)@(.+):(\d+)", sys.argv[1]).groups()
    name, batch, steps = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", 1)))
    torch.manual_seed(1)
    make, shape = NETS[name]
    layout = torch.channels_last if os.environ.get("LAYOUT", "channels_last") == "channels_last" else torch.contiguous_format
    net = make().to(memory_format=layout)
    if int(world) > 1:
        distributed.init_process_group("gloo", init_method=f"tcp://{host}:{port}", rank=int(rank), world_size=int(world))
        net = DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), 0.01, 0.9, weight_decay=5e-4)
    images = torch.rand(batch, *shape).to(memory_format=layout)
    labels = torch.arange(batch) % 10

    def step():
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()

    for _ in range(3):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    if rank == "0":
        print(f"{world} processes: {batch * steps * int(world) / (time.perf_counter() - start):.1f} images/s")


main()
