// Makes parquet/, and seeds of the fuzzers, with parquet-wasm 0.8.0 (Rust's parquet crate), apache-arrow 21.2.0 and
// hyparquet-writer 0.17.0: the tables that Hugging Face's `datasets` writes, in every codec, encoding and version of
// pages. Images are PNGs of one colour, 8 wide and 6 high.
// usage: npm install parquet-wasm@0.8.0 apache-arrow@21.2.0 hyparquet-writer@0.17.0
//        node make_parquet.mjs FOLDER_OF_NODE_MODULES, in this folder
import { createRequire } from 'node:module'
import { mkdirSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'

const require = createRequire(process.argv[2] + '/x.js')
const arrow = require('apache-arrow'), parquet = require('parquet-wasm')
const { parquetWriteBuffer } = await import(process.argv[2] + '/node_modules/hyparquet-writer/src/index.js')
const out = 'parquet/'
mkdirSync(out, { recursive: true })

function png (grey) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]), head = Buffer.alloc(4), sum = Buffer.alloc(4)
    head.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([head, body, sum])
  }
  const header = Buffer.from([0, 0, 0, 8, 0, 0, 0, 6, 8, 0, 0, 0, 0])
  const rows = Buffer.concat(Array(6).fill(Buffer.concat([Buffer.from([0]), Buffer.alloc(8, grey)])))
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0))])
}

const list = type => new arrow.List(new arrow.Field('element', type, true))
const image = new arrow.Struct([new arrow.Field('bytes', new arrow.Binary(), true),
  new arrow.Field('path', new arrow.Utf8(), true)])
const picture = grey => ({ bytes: png(grey), path: `${grey}.png` })
const column = (values, type) => arrow.vectorFromArray(values, type)

function written (columns, features, set) {
  const table = new arrow.Table(columns)
  const ipc = parquet.Table.fromIPCStream(arrow.tableToIPC(table, 'stream'))
  let builder = new parquet.WriterPropertiesBuilder()
  builder = builder.setMaxRowGroupSize(3)
  if (features)
    builder = builder.setKeyValueMetadata(new Map([['huggingface', JSON.stringify({ info: { features } })]]))
  return Buffer.from(parquet.writeParquet(ipc, (set ? set(builder) : builder).build()))
}

const names = ['cat', 'dog', 'owl']
const features = { image: { _type: 'Image' }, label: { names, _type: 'ClassLabel' }, caption: { dtype: 'string', _type: 'Value' } }
const greys = [10, 20, 30, 40, 50]
const plain = { image: column(greys.map(picture), image), label: column([0n, 2n, 1n, 2n, -1n], new arrow.Int64()),
  caption: column(greys.map(g => `grey ${g}`), new arrow.Utf8()) }
const { Compression: C, Encoding: E, WriterVersion: V } = parquet
for (const [name, codec] of [['none', C.UNCOMPRESSED], ['snappy', C.SNAPPY], ['gzip', C.GZIP], ['zstd', C.ZSTD], ['lz4', C.LZ4_RAW]])
  for (const version of [1, 2])
    writeFileSync(`${out}${name}_v${version}.parquet`, written(plain, features, b => b.setCompression(codec)
      .setWriterVersion(version === 1 ? V.V1 : V.V2)))
for (const [name, encoding] of [['plain', E.PLAIN], ['delta_lengths', E.DELTA_LENGTH_BYTE_ARRAY], ['delta_bytes', E.DELTA_BYTE_ARRAY]])
  writeFileSync(`${out}${name}.parquet`, written({ ...plain, image: column(greys.map(png), new arrow.Binary()) }, features,
    b => b.setCompression(C.SNAPPY).setDictionaryEnabled(false).setColumnEncoding('image', encoding).setColumnEncoding('label', encoding === E.PLAIN ? E.PLAIN : E.DELTA_BINARY_PACKED)))

// An image that isn't there, text labels, none of them noted.
writeFileSync(`${out}nulls.parquet`, written({ img: column([picture(1), null, picture(3), { bytes: null, path: 'x.png' }], image),
  'class': column(['dog', null, ' cat ', 'dog'], new arrow.Utf8()) }))
// Boxes, as for detection.
const objects = new arrow.Struct([new arrow.Field('bbox', list(list(new arrow.Float32())), true),
  new arrow.Field('category', list(new arrow.Int64()), true), new arrow.Field('area', list(new arrow.Int64()), true)])
writeFileSync(`${out}objects.parquet`, written({ image: column([picture(1), picture(2), picture(3), picture(4)], image),
  objects: column([{ bbox: [[1, 2, 3, 4], [0, 0, 8, 6]], category: [1n, 0n], area: [12n, 48n] }, { bbox: [], category: [], area: [] },
    { bbox: [[2, 1, 1, 1]], category: [1n], area: [1n] }, null], objects) },
{ image: { _type: 'Image' }, objects: { bbox: { feature: { feature: { dtype: 'float32', _type: 'Value' }, length: 4, _type: 'Sequence' }, _type: 'Sequence' },
  category: { feature: { names: ['person', 'ball'], _type: 'ClassLabel' }, _type: 'Sequence' }, area: { feature: { dtype: 'int64', _type: 'Value' }, _type: 'Sequence' } } }))
// Several classes of an image; a mask.
writeFileSync(`${out}several.parquet`, written({ image: column([picture(1), picture(2)], image),
  labels: column([[0n, 2n], []], list(new arrow.Int64())) },
{ image: { _type: 'Image' }, labels: { feature: { names, _type: 'ClassLabel' }, _type: 'Sequence' } }))
writeFileSync(`${out}masks.parquet`, written({ image: column([picture(1), picture(2)], image), label: column([picture(3), picture(4)], image) },
  { image: { _type: 'Image' }, label: { _type: 'Image' } }))
// A table of images that lie beside it.
writeFileSync(`${out}metadata.parquet`, written({ file_name: column(['1.png', '2.png', '3.png'], new arrow.Utf8()),
  label: column([1n, 0n, -1n], new arrow.Int64()), objects: column([{ bbox: [[1, 2, 3, 4], [0, 0, 8, 6]], category: [1n, 0n], area: [12n, 48n] },
    { bbox: [], category: [], area: [] }, null], objects), when: column([0.5, 1, 2], new arrow.Float64()) },
{ label: { names: ['person', 'ball'], _type: 'ClassLabel' },
  objects: { bbox: { feature: { feature: { dtype: 'float32', _type: 'Value' }, length: 4, _type: 'Sequence' }, _type: 'Sequence' },
    category: { feature: { names: ['person', 'ball'], _type: 'ClassLabel' }, _type: 'Sequence' }, area: { feature: { dtype: 'int64', _type: 'Value' }, _type: 'Sequence' } } }))
// Another program's: a column of bytes.
writeFileSync(`${out}hyparquet.parquet`, Buffer.from(parquetWriteBuffer({ columnData: [
  { name: 'image', data: greys.map(g => new Uint8Array(png(g))), type: 'BYTE_ARRAY' },
  { name: 'label', data: ['b', 'a', 'b', 'c', 'a'], type: 'STRING' }, { name: 'width', data: greys.map(() => 8), type: 'INT32' }] })))
