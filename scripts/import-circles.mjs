/**
 * Circles among files, each as its files in order of import, beginning with the first by name; one for each file that is
 * reached again. `imports` gives each file the files that it imports.
 */
export function importCircles(imports) {
  const circles = new Map();
  const finished = new Set();
  const way = [];
  const follow = (file) => {
    const before = way.indexOf(file);
    if (before >= 0) {
      const circle = fromFirstName(way.slice(before));
      circles.set(circle.join('\n'), circle);
    }
    if (before >= 0 || finished.has(file)) return;
    way.push(file);
    for (const next of imports.get(file) ?? []) follow(next);
    way.pop();
    finished.add(file);
  };
  for (const file of imports.keys()) follow(file);
  return [...circles.values()];
}

function fromFirstName(circle) {
  const first = circle.indexOf(circle.toSorted()[0]);
  return [...circle.slice(first), ...circle.slice(0, first)];
}
