/** The example of the contract, with every name that it refers to. */

export const example = `# yaml-language-server: $schema=./datasets.schema.json
version: 1
root: playground/data                 # relative to this file
archives: discard

hosts:
  downloads.cs.stanford.edu: { connections: 8 }
  drive.google.com: { connections: 1, rate: 20MB/s, floor: 200KB/s }

groups:
  playground: [pretrain, sft]
  pretrain: [llava/llava_pretrain]
  sft: [llava/llava_sft, coco/train2017, vg]

downloads:
  vqa_collection:
    url: hf://datasets/Lin-Chen/Open-LLaVA-NeXT-mix1M@248ad3cfc6fc9a9da33440dbf83619c9f412891c/vqa_collection.zip
    size: 30150074419
    sha256: 7d344769fafca59e3b478813f504fd2aaf6badcc7d40038db2342c236dcff101

targets:
  coco/train2017:
    title: COCO train2017
    license: CC BY 4.0
    homepage: https://cocodataset.org
    sources:
      - url: http://images.cocodataset.org/zips/train2017.zip
        mirrors: [https://mirror.example.org/coco/train2017.zip]
        size: 19336861798
        sha256: 69A8bb58ea5f8f99d24875f21416de2e9ded3178e903f1f7603e283b9e06d929
        unzip: { root: train2017 }
    expect: { files: 118287, images: true }

  llava/llava_pretrain:
    sources:
      - url: hf://datasets/liuhaotian/LLaVA-Pretrain@70f9d1e5e1a697fe35830875cfc7de1dd590d727/images.zip
        unzip: { into: images }
      - url: hf://datasets/liuhaotian/LLaVA-Pretrain@70f9d1e5e1a697fe35830875cfc7de1dd590d727/blip_laion_cc_sbu_558k.json
        json: { records: 558128, images: images }

  llava/llava_sft:
    sources:
      - url: hf://datasets/liuhaotian/LLaVA-Instruct-150K@011f884bcf152693aca1d531d067f31e748bea02/llava_v1_5_mix665k.json
        json: { records: 665298, images: /, allow_missing: 0 }

  ocr_vqa/images:
    sources:
      - urls: { from: dataset.json, format: json, address: imageURL }
        name: '{key}.jpg'
        allow_missing: 0.5%
        fill: { url: ocr_vqa_images.zip, unzip: { root: images } }
    rename:
      - { match: '**/*.{gif,png,jpeg}', to: '{dir}/{stem}.jpg' }

  ai2d/images:
    sources:
      - download: vqa_collection
        unzip: { root: auto }

  vg/VG_100K:
    sources:
      - url: 'https://cs.stanford.edu/vg.zip.{08..10}'
        mirrors: ['https://mirror.example.org/vg.zip.{1..3}']
        md5: CCED6F7F71B7629DDF16F17BBCFAB6B2
        size: 9.7GB
        unzip:
      - manual: |
          Ask the authors for vg.tar,
          then put it beside this file.
        untar: {}
      - url: README.md
        file: README.md
`
