/** A section of the handbook of a shop for outdoor equipment. */
export interface Section {
  readonly id: string;
  readonly text: string;
}

/** Questions about one subject, in the order in which a customer asks them. */
export interface Subject {
  readonly feature: string;
  readonly turns: readonly { readonly question: string; readonly answer: string }[];
  readonly sections: readonly Section[];
}

export const SUBJECTS: readonly Subject[] = [
  {
    feature: 'returns',
    turns: [
      {
        question: 'Can I send back hiking boots that I wore once, on a short walk?',
        answer:
          'Yes. You can return boots within **60 days**, as long as they show no heavy wear [1]. Please clean the soles first, and put the boots into the box of the shoes [2].\n\nThe return is free from any parcel shop in your country.',
      },
      {
        question: 'How long does the refund take?',
        answer:
          'We pay the money back within **five working days** after the parcel reaches our warehouse, to the card you paid with [1]. You get an email as soon as the parcel is checked.',
      },
      {
        question: 'And if I would rather have them one size larger?',
        answer:
          'Choose “exchange” when you print the label. We reserve size 43 for you for ten days and send it as soon as the first pair is on its way back [3].',
      },
    ],
    sections: [
      {
        id: 'returns/period',
        text: 'Articles can be returned within 60 days of delivery. Shoes may have been worn outdoors once if they show no heavy wear.',
      },
      {
        id: 'returns/packing',
        text: 'Pack returned shoes in their own box, with the paper. Clean the soles. The label is printed at help.alpine.example/returns.',
      },
      {
        id: 'returns/exchange',
        text: 'An exchange reserves the other size for ten days. Nothing is charged again unless the price differs by more than 5 euros.',
      },
      {
        id: 'repairs/soles',
        text: 'Boots with a stitched sole can be resoled twice. The repair takes three weeks and costs 79 euros.',
      },
    ],
  },
  {
    feature: 'product advice',
    turns: [
      {
        question: 'Which tent stands a storm above the tree line, for two people and less than 3 kg?',
        answer:
          'The **Ridge 2** fits best: 2.6 kg, four crossed poles, tested at gusts of 110 km/h [1]. The Meadow 2 is lighter, but its single arch is made for woods and valleys [2].\n\nTake twelve long pegs if you expect snow.',
      },
      {
        question: 'Does it have enough room for two backpacks?',
        answer:
          'Yes, each of its two porches holds a backpack of 65 litres and a pair of boots [1]. Inside there are 1.35 m of width for the two of you.',
      },
    ],
    sections: [
      {
        id: 'tents/ridge-2',
        text: 'Ridge 2: geodesic, 2.6 kg, two porches of 0.8 square metres, tested in the wind tunnel at 110 km/h.',
      },
      {
        id: 'tents/meadow-2',
        text: 'Meadow 2: single arch, 1.4 kg, for sheltered places below the tree line.',
      },
      { id: 'tents/pegs', text: 'In snow and sand, use pegs of at least 30 cm and bury them flat.' },
      {
        id: 'tents/care',
        text: 'Dry a tent completely before you store it. Mildew is not covered by the warranty.',
      },
    ],
  },
  {
    feature: 'product advice',
    turns: [
      {
        question: 'What is the warmest sleeping bag that still fits into a 40 litre backpack?',
        answer:
          'The **Fjord 700**: comfortable down to −9 °C, and its packed size is 7 litres [1]. Pack it at the bottom, in the dry bag that comes with it.',
      },
      {
        question: 'Can I wash it at home?',
        answer:
          'Yes, at 30 °C with down detergent, in a drum of at least 8 kg [2]. Dry it with three tennis balls, or the down clumps.',
      },
      {
        question: 'Is the down from animals that were plucked alive?',
        answer:
          'No. All our down is certified by the Responsible Down Standard, and each bag has the number of its batch [3].',
      },
    ],
    sections: [
      {
        id: 'bags/fjord-700',
        text: 'Fjord 700: 700 cuin down, comfort −9 °C, limit −16 °C, 1.1 kg, packed size 7 litres.',
      },
      {
        id: 'care/down',
        text: 'Wash down at 30 °C with down detergent in a large drum. Dry it at low heat with tennis balls.',
      },
      {
        id: 'materials/down',
        text: 'Our down is certified by the Responsible Down Standard. The batch number is on the label.',
      },
    ],
  },
  {
    feature: 'shipping',
    turns: [
      {
        question: 'Do you deliver gas cartridges to Norway?',
        answer:
          'No, gas cartridges may only be sent within the European Union [1]. You can reserve them at our partner shops in Oslo, Bergen and Tromsø and pay there [2].',
      },
      {
        question: 'What about the stove itself?',
        answer:
          'The stove is no problem. Delivery to Norway takes four to six working days and costs 12 euros; customs duties are included [3].',
      },
    ],
    sections: [
      {
        id: 'shipping/dangerous-goods',
        text: 'Gas cartridges are dangerous goods and are delivered within the European Union only, by road.',
      },
      {
        id: 'shops/norway',
        text: 'Partner shops: Oslo, Bergen, Tromsø. Articles can be reserved for three days.',
      },
      {
        id: 'shipping/norway',
        text: 'Norway: four to six working days, 12 euros, duties included above 300 euros and below.',
      },
    ],
  },
  {
    feature: 'account',
    turns: [
      {
        question: 'I moved. How do I change the address of an order that is not sent yet?',
        answer:
          'Open the order and choose “change address”. This is possible until it is packed, which is usually at 2 p.m. on the same day [1]. Afterwards, the carrier can still redirect the parcel [2].',
      },
    ],
    sections: [
      {
        id: 'orders/address',
        text: 'The address of an order can be changed until it is packed. Orders are packed at 2 p.m.',
      },
      {
        id: 'shipping/redirect',
        text: 'Parcels on their way can be redirected on the page of the carrier, at no charge.',
      },
    ],
  },
  {
    feature: 'warranty',
    turns: [
      {
        question: 'The zip of my rain jacket broke after two years. Is that covered?',
        answer:
          'Yes, zips are covered for **five years** [1]. Send us a picture and the number on the inner label; if the fabric is sound, we replace the zip at no cost within two weeks [2].',
      },
      {
        question: 'I no longer have the receipt.',
        answer:
          'You do not need it. The number on the inner label tells us when and where the jacket was sold [2].',
      },
    ],
    sections: [
      {
        id: 'warranty/zips',
        text: 'Zips, seams and buckles are covered for five years; membranes for three.',
      },
      {
        id: 'repairs/zips',
        text: 'A zip is replaced within two weeks. The number on the inner label is sufficient, a receipt is not needed.',
      },
      {
        id: 'care/membranes',
        text: 'Wash jackets with a membrane at 30 °C without softener, and renew the water repellent twice a year.',
      },
    ],
  },
];

export const USERS = [
  'maria.keller',
  'tom.baker',
  'aisha.khan',
  'jonas.weber',
  'lucia.romero',
  'kenji.sato',
  'emma.larsen',
  'noah.dubois',
  'olivia.rossi',
  'peter.novak',
  'sofia.almeida',
  'liam.murphy',
  'ines.garcia',
  'anton.petrov',
  'mei.lin',
  'david.cohen',
  'freya.nilsson',
  'omar.haddad',
] as const;
