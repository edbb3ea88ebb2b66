import assert from "node:assert/strict";
import test from "node:test";

import {
  mxInputPlaces,
  mxPaintColours,
  mxPaintSigned,
  mxPaintUnsigned,
} from "../../mexlab/widgets/flow/flow_colours.mjs";
import {
  mxArrow,
  mxFlowAt,
  mxFlowContent,
  mxFlowInput,
  mxFlowLimits,
  mxFlowTensor,
  mxNormalised,
  mxSigned,
} from "../../mexlab/widgets/flow/flow_content.mjs";

const flow = {
  mxFlowContent,
  mxFlowAt,
  mxFlowTensor,
  mxFlowLimits,
  mxFlowInput,
  mxNormalised,
  mxArrow,
  mxSigned,
  mxPaintSigned,
  mxPaintUnsigned,
  mxPaintColours,
  mxInputPlaces,
};

const near = (a, b, within = 1e-5) => assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);

/** 4 x 3 px maps: u = 0.1 x + 0.3 y, v = -0.2 y, strain = 0.01 i; pixel 5 under the mask. */
function content() {
  const [width, height] = [4, 3];
  const maps = new Float32Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1)
      maps.set([0.1 * x + 0.3 * y, -0.2 * y, 0.01 * i], 3 * i);
  }
  const mask = new Uint8Array(width * height);
  mask[5] = 1;
  return { kind: "maps", width, height, side: 2, data: { maps, mask } };
}

test("arrays are unpacked from views that begin anywhere", () => {
  const bytes = new Uint8Array(64);
  const values = new Float32Array([1.5, -2, 0.25]);
  bytes.set(new Uint8Array(values.buffer), 3);
  const message = {
    type: "content",
    arrays: [
      ["maps", "float32", [3]],
      ["face", "bytes", [2]],
      ["mask", "uint8", [2]],
    ],
  };
  const unpacked = flow.mxFlowContent(message, [
    new DataView(bytes.buffer, 3, 12),
    new DataView(bytes.buffer, 0, 2),
    new DataView(bytes.buffer, 1, 2),
  ]);
  assert.deepEqual([...unpacked.data.maps], [1.5, -2, 0.25]);
  assert.equal(unpacked.data.face.length, 2);
  assert.equal(unpacked.type, "content");
});

test("under the mask there is no motion, while it is on", () => {
  const maps = content();
  assert.equal(flow.mxFlowAt(maps, { mask: true }, 1, 1).u, 0);
  assert.equal(flow.mxFlowAt(maps, { mask: true }, 1, 1).masked, true);
  const bare = flow.mxFlowAt(maps, { mask: false }, 1, 1);
  near(bare.u, 0.4);
  near(bare.magnitude, Math.hypot(0.4, 0.2));
  assert.equal(bare.masked, false);
});

test("the strain tensor of a linear field is exact everywhere", () => {
  const tensor = flow.mxFlowTensor(content());
  for (let i = 0; i < 12; i += 1) {
    near(tensor.xx[i], 0.1);
    near(tensor.yy[i], -0.2);
    near(tensor.xy[i], 0.15);
  }
});

test("a locked scale does not follow the clip; its own does", () => {
  const maps = content();
  assert.deepEqual(flow.mxFlowLimits(maps, { scale: "locked", limit: 1.5 }), {
    flow: 1.5,
    strain: 0.1,
  });
  const own = flow.mxFlowLimits(maps, { scale: "clip", mask: false });
  near(own.flow, 0.8); // the second greatest of 24 values stands for 99.9 %
  near(own.strain, 0.1);
  assert.notEqual(flow.mxFlowLimits(maps, { scale: "clip", mask: true }), own);
});

test("normalised by hand, as in Python", () => {
  const medianed = flow.mxNormalised(new Float32Array([1, 1, 1, 1, 4, 0]), "median-scale");
  const scale = Math.sqrt(10 / 6);
  [0, 0, 0, 0, 3, -1].forEach((value, i) => near(medianed[i], value / scale));
  assert.deepEqual(
    [...flow.mxNormalised(new Float32Array([-1, 0, 1, 3, 3, -1]), "min-max")],
    [0, 0.25, 0.5, 1, 1, 0],
  );
  assert.deepEqual([...flow.mxNormalised(new Float32Array([5, 5]), "median-scale")], [0, 0]);
  assert.deepEqual([...flow.mxNormalised(new Float32Array([2, 7]), "none")], [2, 7]);
});

test("masked cells count for nothing and are zero, a partly masked one is what is seen of it", () => {
  const share = Float32Array.from([0, 0, 0.25, 0.5, 1, 0]);
  const values = Float32Array.from([1, 2, 3, 9, 9, 10]);
  values[2] *= 0.75;
  assert.deepEqual([...flow.mxNormalised(values, "none", share)], [1, 2, 3, 0, 0, 10]);
  assert.deepEqual(
    [...flow.mxNormalised(values, "min-max", share)].map((one) => +one.toFixed(4)),
    [0, 0.1111, 0.2222, 0, 0, 1],
  );
  const medianed = flow.mxNormalised(values, "median-scale", share);
  const scale = Math.sqrt((1.5 ** 2 + 0.5 ** 2 + 0.5 ** 2 + 7.5 ** 2) / 4);
  [-1.5, -0.5, 0.5, 0, 0, 7.5].forEach((value, i) => near(medianed[i], value / scale));
  assert.deepEqual(
    [...flow.mxNormalised(values, "median-scale", new Float32Array(6).fill(1))],
    [0, 0, 0, 0, 0, 0],
  );
});

test("the network's input follows the mask", () => {
  const maps = content();
  maps.data["input-masked"] = new Float32Array(12).fill(1);
  maps.data["input-bare"] = new Float32Array(12).fill(2);
  maps.data["input-share"] = new Float32Array(4);
  assert.equal(flow.mxFlowInput(maps, { mask: true, normalise: "none" })[2][3], 1);
  assert.equal(flow.mxFlowInput(maps, { mask: false, normalise: "none" })[0][0], 2);
  // A release has no mask to apply.
  assert.equal(
    flow.mxFlowInput({ ...maps, kind: "release" }, { mask: true, normalise: "none" })[0][0],
    2,
  );
});

test("colours: zero in the middle, clipped at the ends", () => {
  const image = { data: new Uint8ClampedArray(16) };
  const table = Uint8Array.from([0, 0, 255, 250, 250, 250, 255, 0, 0]);
  flow.mxPaintSigned(image, [-9, 0, 1, 0.1], table, 1);
  assert.deepEqual([...image.data.slice(0, 4)], [0, 0, 255, 255]);
  assert.deepEqual([...image.data.slice(4, 7)], [250, 250, 250]);
  assert.deepEqual([...image.data.slice(8, 11)], [255, 0, 0]);
  flow.mxPaintUnsigned(image, [0, 9], table, 1);
  assert.deepEqual([...image.data.slice(4, 7)], [255, 0, 0]);
  const places = flow.mxInputPlaces({ normalise: "none" }, { flow: 1.5, strain: 0.25 });
  flow.mxPaintColours(image, [[0], [1.5], [0.1]], places);
  assert.deepEqual([...image.data.slice(0, 3)], [128, 255, 102]);
});

test("arrows and signs in words", () => {
  assert.equal(flow.mxArrow(1, 0), "→");
  assert.equal(flow.mxArrow(0, 1), "↓"); // v grows downwards
  assert.equal(flow.mxArrow(-1, -1), "↖");
  assert.equal(flow.mxArrow(-1, 0.01), "←");
  assert.equal(flow.mxArrow(0.01, 0), "·");
  assert.equal(flow.mxSigned(-1.314), "−1.31");
  assert.equal(flow.mxSigned(0.94), "+0.94");
});
