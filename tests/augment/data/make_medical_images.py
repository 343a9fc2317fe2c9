#!/usr/bin/env python3
# Makes the DICOM and NIfTI files of deep/, and medical_images.txt, as make_deep_images.py does. Run with pydicom 2.3.1, nibabel
# 5.0.0, NumPy 1.24.2, DCMTK 3.6.7 and GDCM 3.0.21 (Debian 12: python3-pydicom, python3-nibabel, python3-numpy, dcmtk,
# libgdcm-tools).
import os
import shutil
import subprocess
import zlib

import nibabel
import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/deep")
lines = []
rng = np.random.default_rng(24)
W, H = 8, 5


def expect(name, pixels, bits, frame=0, frames=1, alpha=False, off=0):
    pixels = np.atleast_3d(pixels)
    depth = {"uint8": "8U", "uint16": "16U", "float32": "32F"}[pixels.dtype.name]
    h, w, c = pixels.shape
    lines.append(f"{name} {frame} {w} {h} {c} {depth} {bits} 1 {frames} {int(alpha)} {off} {' '.join(repr(n) for n in pixels.ravel().tolist())}\n")


def shares(numbers, bits, white):
    most = 2**bits - 1
    return ((numbers.astype(np.int64) * white + most // 2) // most).astype(np.uint16 if white > 255 else np.uint8)


def dicom(name, pixels, stored, photometric="MONOCHROME2", syntax=ExplicitVRLittleEndian, frames=None, high=None, size=None, **more):
    """`pixels`: [frames,] rows, columns [, samples], or planes with planar=1."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    meta.TransferSyntaxUID = syntax
    ds = FileDataset(name, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.is_little_endian = syntax != ExplicitVRBigEndian
    ds.is_implicit_VR = syntax == ImplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    ds.PatientName, ds.PatientID, ds.Modality, ds.StudyID, ds.SeriesNumber = "", "", "OT", "1", 1
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.InstanceNumber = "1.2.3.5", "1.2.3.6", 1
    ds.PatientBirthDate = ds.PatientSex = ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.ReferringPhysicianName = ""
    ds.ConversionType = "WSD"
    icon = Dataset()  # has a size and pixels of its own, which aren't the image's
    icon.Rows, icon.Columns, icon.BitsAllocated, icon.SamplesPerPixel, icon.PixelData = 1, 2, 8, 1, b"\1\2"
    icon["PixelData"].VR = "OB"
    ds.IconImageSequence = Sequence([icon])
    ds.SamplesPerPixel = 1 if photometric.startswith("MONO") else 3
    if ds.SamplesPerPixel == 3:
        ds.PlanarConfiguration = more.pop("planar", 0)
    ds.PhotometricInterpretation = photometric
    ds.Rows, ds.Columns = size or (H, W)
    if frames:
        ds.NumberOfFrames = frames
    ds.BitsAllocated, ds.BitsStored = 8 * pixels.dtype.itemsize, stored
    ds.HighBit = stored - 1 if high is None else high
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    for key, value in more.items():
        setattr(ds, key, value)
    ds.PixelData = pixels.astype(pixels.dtype.newbyteorder("<" if ds.is_little_endian else ">")).tobytes()
    ds["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"
    ds.save_as(name, write_like_original=False)


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


G8 = rng.integers(0, 256, (H, W), np.uint8)
G12 = rng.integers(0, 4096, (H, W), np.uint16)
G16 = rng.integers(0, 65536, (H, W), np.uint16)
S16 = rng.integers(-32768, 32768, (H, W)).astype(np.int16)
RGB = rng.integers(0, 256, (H, W, 3), np.uint8)
dicom("grey8.dcm", G8, 8)
expect("grey8.dcm", G8, 8)
dicom("grey12.dcm", G12, 12, syntax=ImplicitVRLittleEndian)
expect("grey12.dcm", shares(G12, 12, 65535), 12)
dicom("inverted12.dcm", G12, 12, "MONOCHROME1")
expect("inverted12.dcm", 65535 - shares(G12, 12, 65535), 12)
dicom("big_endian16.dcm", G16, 16, syntax=ExplicitVRBigEndian)
expect("big_endian16.dcm", G16, 16)
dicom("upper_bits.dcm", (G12 << 4 | G8 % 16).astype(np.uint16), 12, high=15)
expect("upper_bits.dcm", shares(G12, 12, 65535), 12)
dicom("hounsfield.dcm", G12, 12, RescaleSlope="1.5", RescaleIntercept="-1024")
expect("hounsfield.dcm", (G12 * 1.5 - 1024).astype(np.float32), 12)
dicom("signed16.dcm", S16, 16)
expect("signed16.dcm", S16.astype(np.float32), 16)
S12 = rng.integers(-2048, 2048, (H, W)).astype(np.int16)
dicom("signed12.dcm", (S12 & 0xfff).astype(np.int16), 12, RescaleSlope="2", RescaleIntercept="3")
expect("signed12.dcm", (S12 * 2 + 3).astype(np.float32), 12)
dicom("rgb.dcm", RGB, 8, "RGB")
expect("rgb.dcm", RGB, 8)
dicom("planes.dcm", np.moveaxis(RGB, 2, 0).copy(), 8, "RGB", planar=1)
expect("planes.dcm", RGB, 8)
FRAMES = rng.integers(0, 65536, (3, H, W)).astype(np.uint16)
dicom("frames.dcm", FRAMES, 16, frames=3)
for k in range(3):
    expect("frames.dcm", FRAMES[k], 16, frame=k, frames=3)


def group(slope, intercept):
    inner, outer = Dataset(), Dataset()
    inner.RescaleSlope, inner.RescaleIntercept, inner.RescaleType = slope, intercept, "US"
    outer.PixelValueTransformationSequence = Sequence([inner])
    return outer


for name, syntax in (("frame_units.dcm", ExplicitVRLittleEndian), ("frame_units_implicit.dcm", ImplicitVRLittleEndian)):
    dicom(name, FRAMES, 16, frames=3, syntax=syntax, SharedFunctionalGroupsSequence=Sequence([group(7, 7)]),
          PerFrameFunctionalGroupsSequence=Sequence([group(k + 1, -k) for k in range(3)]))
    for k in range(3):
        expect(name, (FRAMES[k].astype(float) * (k + 1) - k).astype(np.float32), 16, frame=k, frames=3)
# Packed: run lengths and JPEG by DCMTK.
run("dcmcrle", "frames.dcm", "frames_rle.dcm")
run("dcmcrle", "rgb.dcm", "rgb_rle.dcm")
expect("rgb_rle.dcm", RGB, 8)
run("gdcmconv", "--jpeg", "grey12.dcm", "jpeg_lossless12.dcm")  # which isn't read
for k in range(3):
    expect("frames_rle.dcm", FRAMES[k], 16, frame=k, frames=3)
smooth = np.dstack([np.add.outer(np.arange(H) * 9, np.arange(W) * 5) + k for k in (60, 100, 140)]).astype(np.uint8)
dicom("t_smooth.dcm", smooth, 8, "RGB")
run("dcmcjpeg", "+eb", "+q", "100", "+s4", "t_smooth.dcm", "jpeg_rgb.dcm")  # as YBR_FULL_422 or its like
expect("jpeg_rgb.dcm", smooth, 8, off=4)
os.remove("t_smooth.dcm")


# NIfTI: the first axis runs from left to right.
def nifti(name, volume, kind=nibabel.Nifti1Image, scale=None, order="<"):
    header = kind.header_class(endianness=order)
    header.set_data_dtype(volume.dtype)
    image = kind(volume, np.eye(4), header)
    if scale:
        image.header.set_slope_inter(*scale)
    nibabel.save(image, name)


def slices(name, volume, bits, scale=(1, 0), **more):
    flat = volume.reshape(volume.shape[0], volume.shape[1], -1, order="F")
    for k in range(flat.shape[2]):
        numbers = flat[:, :, k].T
        if numbers.dtype != np.uint8 or scale != (1, 0):
            numbers = (numbers.astype(np.float64) * scale[0] + scale[1]).astype(np.float32)
        expect(name, numbers, bits, frame=k, frames=flat.shape[2], **more)


V8 = rng.integers(0, 256, (W, H, 3), np.uint8)
V16 = rng.integers(-32768, 32768, (W, H, 2)).astype(np.int16)
VF = rng.normal(0, 100, (W, H, 2, 2)).astype(np.float32)
nifti("bytes.nii", V8)
slices("bytes.nii", V8, 8)
nifti("shorts.nii.gz", V16)
slices("shorts.nii.gz", V16, 16)
nifti("floats_of_time.nii", VF)
slices("floats_of_time.nii", VF, 32)
nifti("big_endian.nii", V16, order=">")
slices("big_endian.nii", V16, 16)
nifti("second.nii.gz", VF[..., 0].astype(np.float64), nibabel.Nifti2Image)
slices("second.nii.gz", VF[..., 0].astype(np.float64), 64)
nifti("plain.nii", rng.integers(0, 65536, (W, H)).astype(np.uint16))
slices("plain.nii", np.asarray(nibabel.load("plain.nii").dataobj)[..., None], 16)
# nibabel scales what it's given: the header's numbers are put in afterwards.
nifti("t.nii", V16)
raw = bytearray(open("t.nii", "rb").read())
raw[112:120] = np.array([0.5, -20], "<f4").tobytes()
open("scaled.nii", "wb").write(raw)
os.remove("t.nii")
slices("scaled.nii", V16, 16, (0.5, -20))
assert np.array_equal(np.asarray(nibabel.load("scaled.nii").dataobj, np.float32)[:, :, 1], (V16[:, :, 1] * 0.5 - 20).astype(np.float32))
colors = np.zeros((W, H, 2), [("R", "u1"), ("G", "u1"), ("B", "u1")])
for c in "RGB":
    colors[c] = rng.integers(0, 256, (W, H, 2))
nifti("rgb.nii", colors)
for k in range(2):
    expect("rgb.nii", np.dstack([colors[c][:, :, k].T for c in "RGB"]), 8, frame=k, frames=2)

for name in ("grey12.dcm big_endian16.dcm hounsfield.dcm planes.dcm frame_units.dcm frame_units_implicit.dcm frames_rle.dcm rgb_rle.dcm "
             "jpeg_lossless12.dcm jpeg_rgb.dcm bytes.nii shorts.nii.gz second.nii.gz scaled.nii").split():
    shutil.copy(name, f"../../../fuzz/seeds/deep_image/{name}")
with open("../medical_images.txt", "w") as file:
    file.writelines(lines)
