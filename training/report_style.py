"""How the evaluation's page looks: one column on a phone, two of plots on a desk, A4 on paper; nothing is loaded."""

from __future__ import annotations

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:1040px;margin:0 auto;padding:16px}
h1{font-size:1.5rem;line-height:1.25;margin:.2em 0}h2{font-size:1.2rem;margin:1.8em 0 .4em}
h3{font-size:1rem;margin:1.3em 0 .3em}p{margin:.4em 0}.lead{font-size:1.1rem}.quiet{color:#555;font-size:.86rem}
.warning{border:2px solid #d55e00;background:#fff4ec;padding:10px 14px;margin:12px 0;font-weight:600}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:14px 0}
.tile{border:1px solid #ccc;border-radius:6px;padding:10px 12px}.tile b{display:block;font-size:1.7rem;line-height:1.2}
.tile.main{border:2px solid #0072b2;background:#eef5fb}.tile span{display:block;font-size:.88rem}
.tile small{color:#555}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.86rem;width:100%}
th,td{padding:5px 9px;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;min-width:11em}
td.words,th.words{text-align:left;white-space:normal;min-width:13em}
thead th{border-bottom:2px solid #555;vertical-align:bottom}tbody tr:first-child.main{background:#eef5fb}
th{white-space:normal}.narrow td:first-child,.narrow th:first-child{min-width:3em}
tr.main{font-weight:600}td small{display:block;color:#555;font-weight:400}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:22px}
figure{margin:0}figcaption{font-weight:600;margin-bottom:4px}figure p{font-size:.86rem;color:#444}
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#333}svg .axis{fill:#111}
svg .grid{stroke:#e4e4e4}
.legend{font-size:.82rem}.key{display:inline-block;margin-right:14px}.swatch{width:30px;height:10px;margin-right:5px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;font-size:.88rem}dt{color:#555}
dd{margin:0;overflow-wrap:anywhere}code{font-size:.85em;overflow-wrap:anywhere}
@media (max-width:600px){th,td{padding:4px 5px}th:first-child,td:first-child{min-width:7.5em}
.narrow table{font-size:.8rem}
dl{grid-template-columns:1fr}dt{margin-top:6px}}
@media screen{.scroll th:first-child,.scroll td:first-child{position:sticky;left:0;background:inherit}
.scroll tr,.scroll thead{background:#fff}}
@page{size:A4;margin:13mm}
@media print{html{font-size:12px}body{max-width:none;padding:0;font-size:12px}
.plots{grid-template-columns:1fr 1fr;gap:12px}.scroll{overflow:visible}
table{font-size:10px}td small{font-size:8.4px}th,td{padding:3px 4px}td.words,th.words{min-width:9em}
th:first-child,td:first-child{min-width:8em}figure,.tile,tr,.warning{break-inside:avoid}h2,h3{break-after:avoid}
thead{display:table-header-group}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
