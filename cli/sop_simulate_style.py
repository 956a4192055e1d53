"""How a simulation's page looks beyond the evaluation's: dark where the reader's system is dark, shaded moves."""

from __future__ import annotations

from training.report_style import STYLE

MORE = """
:root{color-scheme:light dark}
.same{color:#666}
.good{border-left:4px solid #009e73;padding-left:10px}.bad{border-left:4px solid #d55e00;padding-left:10px}
ol.parcels{padding-left:1.4em}ol.parcels li{margin:.7em 0}ol.parcels small{display:block;color:#555}
.lane{font-weight:600}.let{color:#a33a00;font-weight:600}.held{color:#00694e;font-weight:600}
details{margin:.8em 0}summary{cursor:pointer;font-weight:600}
pre{background:#f3f3f3;padding:10px 12px;overflow-x:auto;font-size:.84rem}
.before{fill:#9aa5b1}.after{fill:#0072b2}.zero{stroke:#777}
@media (prefers-color-scheme:dark){
body{background:#15181c;color:#e6e6e6}.quiet,.tile small,td small,dt,figure p,ol.parcels small{color:#a9b1ba}
.tile{border-color:#444}.tile.main{background:#10293a;border-color:#56b4e9}.warning{background:#3a2312}
th,td{border-color:#3a3f45}thead th{border-color:#888}tbody tr:first-child.main{background:#10293a}
svg text{fill:#c9ced4}svg .axis{fill:#e6e6e6}svg .grid{stroke:#30353b}pre{background:#20252b}
.before{fill:#7b8794}.after{fill:#56b4e9}[stroke="#0072b2"]{stroke:#56b4e9}[fill="#0072b2"]{fill:#56b4e9}
[stroke="#d55e00"]{stroke:#ff9a52}.held{color:#4fd0a3}.let{color:#ff9a52}.same{color:#9aa1a9}
.good{border-color:#4fd0a3}.bad{border-color:#ff9a52}a{color:#7cc4f5}}
@media screen and (prefers-color-scheme:dark){.scroll tr,.scroll thead{background:#15181c}}
@media print{:root{color-scheme:light}body{background:#fff;color:#000}}
"""
PAGE_STYLE = STYLE + MORE
