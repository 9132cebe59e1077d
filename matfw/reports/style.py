"""The pages' style: dark and light as the reader's screen is, one column on a phone.

The three phases differ in lightness as well as hue, verdicts in their marks: nothing goes by hue
alone. Palette after Okabe and Ito (jfly.uni-koeln.de/color), lighter or darker with the page.
"""

STYLE = """
:root { color-scheme: light dark; --page: #fbfbf9; --card: #ffffff; --ink: #1c1c1a; --soft: #5d5d58;
  --rule: #d9d9d2; --up: #56b4e9; --hold: #f0c330; --down: #0072b2; --clean: #007a5c;
  --fault: #b8420a; --unsure: #6b6b66; --left: #0072b2; --right: #b8420a; --none: #ecece6; }
@media (prefers-color-scheme: dark) { :root { --page: #141413; --card: #1f1f1d; --ink: #ecece6;
  --soft: #a5a59c; --rule: #3a3a36; --up: #7cc7f2; --hold: #f2cf55; --down: #2f8fd0;
  --clean: #35b890; --fault: #ee8148; --unsure: #a5a59c; --left: #5fb2ea; --right: #ee8148;
  --none: #2b2b28; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 16px; }
h1 { font-size: 1.5rem; margin: 0 0 2px; } h2 { font-size: 1.1rem; margin: 26px 0 8px; }
h3 { font-size: 1rem; margin: 0 0 6px; } p { margin: 4px 0 10px; max-width: 70ch; }
.soft, caption { color: var(--soft); font-size: .9rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr));
  gap: 14px; align-items: start; }
.card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 12px; }
.change { border-left: 5px solid var(--fault); } .change.good { border-left-color: var(--clean); }
.change b { display: block; font-size: 1.15rem; }
.wide { overflow-x: auto; } .narrow { color: var(--soft); font-size: .9rem; }
svg { display: block; width: 100%; height: auto; } .wide svg { width: auto; max-width: none; }
svg text { fill: var(--ink); font-size: 11px; } svg .small { fill: var(--soft); font-size: 10px; }
.up { fill: var(--up); } .hold { fill: var(--hold); } .down { fill: var(--down); }
.asked { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
.axis { stroke: var(--rule); stroke-width: 1; } .frame { fill: none; stroke: var(--rule); }
text.clean { fill: var(--clean); font-weight: 700; } text.fault { fill: var(--fault);
  font-weight: 700; } text.unsure { fill: var(--unsure); font-weight: 700; }
.verdicts { display: flex; gap: 2px; margin: 10px 0 14px; border-radius: 6px; overflow: hidden; }
.verdicts span { flex-basis: 3em; padding: 4px; text-align: center; color: var(--card);
  font-weight: 600; } .verdicts .clean { background: var(--clean); }
.verdicts .fault { background: var(--fault); } .verdicts .unsure { background: var(--unsure); }
.faulty { fill: var(--fault); } .heard { fill: none; stroke: var(--fault); }
.doubt { fill: var(--unsure); } .none { fill: var(--none); }
circle.left, circle.unknown { fill: var(--left); } rect.right { fill: var(--right); }
.spread { stroke-width: 2; opacity: .7; } line.left, line.unknown { stroke: var(--left); }
line.right { stroke: var(--right); }
.run { fill: none; stroke-width: 1.5; } .run.left, .run.unknown { stroke: var(--left); }
.run.right { stroke: var(--right); stroke-dasharray: 5 3; }
.trace { fill: none; stroke-width: 1.3; } polyline.clean { stroke: var(--clean); }
polyline.fault { stroke: var(--fault); } polyline.unsure { stroke: var(--unsure); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; } td.number { text-align: right; }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .25em 0 .8em;
  vertical-align: -.05em; }
.key.up { background: var(--up); } .key.hold { background: var(--hold); }
.key.down { background: var(--down); } .key.faulty { background: var(--fault); }
.key.heard { border: 2px solid var(--fault); } .key.doubt { background: var(--unsure); }
summary { cursor: pointer; font-weight: 600; padding: 8px 0; }
@media (min-width: 760px) { .narrow { display: none; }
  .wide svg { width: 100%; max-width: max-content; } }
@media print { .card { break-inside: avoid; } }
"""
