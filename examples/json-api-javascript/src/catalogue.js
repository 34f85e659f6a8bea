/** What there is to buy; prices in cents. */
export const catalogue = [
  { id: "lamp", name: "Storm lamp", price: 4900 },
  { id: "rope", name: "Hemp rope, 10 m", price: 1250 },
  { id: "chart", name: "Chart of the skerries", price: 2400 },
  { id: "kettle", name: "Enamel kettle", price: 3150 },
];

export function findProduct(id) {
  return catalogue.find((product) => product.id === id);
}
