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
run("gdcmconv", "--jpeg", "grey12.dcm", "jpeg_lossless12.dcm")
expect("jpeg_lossless12.dcm", shares(G12, 12, 65535), 12)
for k in range(3):
    expect("frames_rle.dcm", FRAMES[k], 16, frame=k, frames=3)
smooth = np.dstack([np.add.outer(np.arange(H) * 9, np.arange(W) * 5) + k for k in (60, 100, 140)]).astype(np.uint8)
dicom("t_smooth.dcm", smooth, 8, "RGB")
run("dcmcjpeg", "+eb", "+q", "100", "+s4", "t_smooth.dcm", "jpeg_rgb.dcm")  # as YBR_FULL_422 or its like
expect("jpeg_rgb.dcm", smooth, 8, off=4)
os.remove("t_smooth.dcm")
# Packed without loss, or with a known one: GDCM's JPEG 2000 needs more than 8x5 pixels.
drawn = np.random.default_rng(57)
Y, X = np.mgrid[0:13, 0:18]


def waves(most, dtype, *shape):
    return ((np.sin(Y / 3) + np.cos(X / 4) + 2) / 4 * most * 0.9 + drawn.integers(0, most // 16, (*shape, 13, 18))).astype(dtype)


def packed(name, pixels, pack, wanted, bits, off=0, photometric="MONOCHROME2", **more):
    dicom("t_plain.dcm", pixels, bits, photometric, size=(13, 18), **more)
    run(*pack, "t_plain.dcm", name)
    frames = more.get("frames", 1)
    for k in range(frames):
        expect(name, wanted[k] if frames > 1 else wanted, bits, frame=k, frames=frames, off=off)
    os.remove("t_plain.dcm")


P8, P12, P16 = waves(255, np.uint8), waves(4095, np.uint16), waves(65535, np.uint16)
M12 = waves(4095, np.int16) - 2048
M16 = (waves(65535, np.int32) - 32768).astype(np.int16)
F12 = waves(4095, np.uint16, 3)
C8 = np.moveaxis(waves(255, np.uint8, 3), 0, -1).copy()
LUMA, BLUE, RED = (C8[..., c].astype(float) - (128 if c else 0) for c in range(3))
YBR = np.dstack([LUMA + 1.402 * RED, LUMA - 0.344136 * BLUE - 0.714136 * RED, LUMA + 1.772 * BLUE]).round().clip(0, 255).astype(np.uint8)
for kind, pack in (("lossless", "dcmcjpeg +e1"), ("jpegls", "dcmcjpls"), ("j2k", "gdcmconv --j2k")):
    pack = pack.split()
    packed(f"{kind}_grey8.dcm", P8, pack, P8, 8)
    packed(f"{kind}_inverted12.dcm", P12, pack, 65535 - shares(P12, 12, 65535), 12, photometric="MONOCHROME1")
    packed(f"{kind}_signed12.dcm", M12, pack, M12.astype(np.float32), 12)
    packed(f"{kind}_signed16.dcm", M16, pack, M16.astype(np.float32), 16)
    packed(f"{kind}_hounsfield.dcm", P12, pack, (P12 * 1.5 - 1024).astype(np.float32), 12, RescaleSlope="1.5", RescaleIntercept="-1024")
    packed(f"{kind}_frames.dcm", F12, pack, [shares(f, 12, 65535) for f in F12], 12, frames=3)
    packed(f"{kind}_rgb.dcm", C8, pack, C8, 8, photometric="RGB")
    packed(f"{kind}_ybr.dcm", C8, pack, YBR, 8, photometric="YBR_FULL")
packed("lossless_predicted7.dcm", P16, ["dcmcjpeg", "+el", "+sv", "7"], P16, 16)
packed("jpegls_planes.dcm", C8, ["dcmcjpls", "+in"], C8, 8, photometric="RGB")
packed("jpegls_pixels.dcm", C8, ["dcmcjpls", "+is"], C8, 8, photometric="RGB")
packed("jpegls_near.dcm", P8, ["dcmcjpls", "+en", "+md", "3"], P8, 8, off=3)
packed("j2k_lossy.dcm", P8, ["gdcmconv", "--j2k", "--lossy", "--irreversible", "-q", "60"], P8, 8, off=4)
packed("j2k_tiles.dcm", C8, ["gdcmconv", "--j2k", "-t", "8,8"], C8, 8, photometric="RGB")


# NIfTI: the first axis runs from left to right.
def nifti(name, volume, kind=nibabel.Nifti1Image, scale=None, order="<"):
    header = kind.header_class(endianness=order)
    header.set_data_dtype(volume.dtype)
    image = kind(volume, np.eye(4), header)
    if scale:
        image.header.set_slope_inter(*scale)
    nibabel.save(image, name)


def slices(name, volume, bits, scale=(1, 0), **more):
    bands = volume.reshape(*volume.shape[:3], -1, order="F")  # volumes along further axes are channels
    for k in range(bands.shape[2]):
        numbers = bands[:, :, k].transpose(1, 0, 2)
        numbers = numbers[..., 0] if numbers.shape[2] == 1 else numbers
        if numbers.dtype != np.uint8 or scale != (1, 0):
            numbers = (numbers.astype(np.float64) * scale[0] + scale[1]).astype(np.float32)
        expect(name, numbers, bits, frame=k, frames=bands.shape[2], **more)


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
             "jpeg_lossless12.dcm jpeg_rgb.dcm lossless_predicted7.dcm jpegls_signed12.dcm jpegls_planes.dcm j2k_frames.dcm j2k_tiles.dcm bytes.nii shorts.nii.gz second.nii.gz scaled.nii").split():
    shutil.copy(name, f"../../../fuzz/seeds/deep_image/{name}")
with open("../medical_images.txt", "w") as file:
    file.writelines(lines)
