// Makes tfrecord/ with tfrecord 0.2.0 (npm): Examples as TensorFlow's scripts for ImageNet and for object detection
// write them. Images are PNGs of one colour, 8 wide and 6 high.
// usage: npm install tfrecord@0.2.0; node make_tfrecord.mjs FOLDER_OF_NODE_MODULES, in this folder
import { createRequire } from 'node:module'
import { mkdirSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'

const tfrecord = createRequire(process.argv[2] + '/x.js')('tfrecord')
mkdirSync('tfrecord', { recursive: true })

function png (grey) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]), head = Buffer.alloc(4), sum = Buffer.alloc(4)
    head.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([head, body, sum])
  }
  const rows = Buffer.concat(Array(6).fill(Buffer.concat([Buffer.from([0]), Buffer.alloc(8, grey)])))
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', Buffer.from([0, 0, 0, 8, 0, 0, 0, 6, 8, 0, 0, 0, 0])),
    chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

async function write (name, examples) {
  const writer = await tfrecord.createWriter('tfrecord/' + name)
  for (const fill of examples) {
    const builder = tfrecord.createBuilder()
    fill(builder)
    await writer.writeExample(builder.releaseExample())
  }
  await writer.close()
}

const text = string => new Uint8Array(Buffer.from(string))
await write('labels.tfrecord', [[10, 2], [20, 0], [30, -1]].map(([grey, label]) => b => {
  b.setBinary('image/encoded', new Uint8Array(png(grey)))
  b.setInteger('image/class/label', label)
  b.setBinary('image/filename', text(`${grey}.png`))
}))
await write('texts.tfrecord', [[40, 'dog'], [50, 'cat']].map(([grey, label]) => b => {
  b.setBinary('image', new Uint8Array(png(grey)))
  b.setBinary('image/class/text', text(label))
}))
await write('objects.record', [[60, [0.25, 0.5], [1, 2]], [70, [], []]].map(([grey, at, classes]) => b => {
  b.setBinary('image/encoded', new Uint8Array(png(grey)))
  b.setInteger('image/height', 6)
  b.setInteger('image/width', 8)
  for (const [side, move] of [['xmin', 0], ['ymin', 0], ['xmax', 0.25], ['ymax', 0.5]])
    b.setFloats(`image/object/bbox/${side}`, at.map(a => a + move))
  b.setIntegers('image/object/class/label', classes)
}))
await write('raw.tfrecord', [80, 90].map(grey => b => {
  b.setBinary('image_raw', new Uint8Array(Buffer.alloc(8 * 6 * 3, grey)))
  b.setInteger('height', 6)
  b.setInteger('width', 8)
  b.setInteger('depth', 3)
  b.setInteger('label', grey === 80 ? 0 : 1)
}))
await write('unread.tfrecord', [1].map(grey => b => {
  b.setBinary('image', new Uint8Array(png(grey)))
  b.setInteger('my_label', 3)
}))
writeFileSync('tfrecord/label_map.pbtxt', "# two\nitem {\n  id: 1\n  name: 'person'\n}\nitem: {\n  name: \"/m/018xm\",\n  id: 2\n  display_name: \"ball\"\n  keypoints { id: 7 label: 'x' }\n}\n")
