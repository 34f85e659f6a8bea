// The Mandelbrot set in characters: the more steps a point takes to get away, the darker it is.

const shades = " .:-=+*#%@";
const [columns, rows] = [96, 32];

export function draw(detail) {
  let drawing = "";
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const steps = stepsAt(3.2 * column / columns - 2.2, 2.4 * row / rows - 1.2, detail);
      drawing += shades[Math.floor((shades.length - 1) * steps / detail)];
    }
    drawing += "\n";
  }
  return drawing;
}

/** How long z² + c stays within 2. */
function stepsAt(real, imaginary, most) {
  let [x, y] = [0, 0];
  for (let steps = 0; steps < most; steps += 1) {
    if (x * x + y * y > 4) return steps;
    [x, y] = [x * x - y * y + real, 2 * x * y + imaginary];
  }
  return most;
}
