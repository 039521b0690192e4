/* html_style.c
 * How a page looks: on a screen, light or dark, large or small, and on paper.
 *
 * The colours of outcomes are those of the profile "AD Discovery" and of the flow graph. Each pair of
 * text and ground has a contrast of 4.5 at least (tests/capture/test_html.py computes it).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_style.h"

#define LIGHT                                                                                      \
    "--ground:#ffffff;--text:#1a222d;--soft:#566171;--rule:#d7dde5;--panel:#f5f7fa;"               \
    "--link:#0b57a4;--ok-t:#0e5430;--ok-g:#d9efe3;--normal-t:#484a0c;--normal-g:#eef3c4;--normal-" \
    "l:#7d8016;"                                                                                   \
    "--failed-t:#8c1d12;--failed-g:#fbdcd5;--hidden-t:#46307c;--hidden-g:#e3dcf3;"                 \
    "--warn-t:#7a4300;--warn-g:#fce8c8;--note-t:#1d4877;--note-g:#dfe9f5;"                         \
    "--none-t:#566171;--none-g:#edf0f4;--took:#9db4cf;--waiting:#3f6ea3;--lost:#c23b2b;"

#define DARK                                                                                       \
    "--ground:#141a22;--text:#e3e8ef;--soft:#a0acbb;--rule:#323c49;--panel:#1c242e;"               \
    "--link:#82b8f2;--ok-t:#9be0ba;--ok-g:#163b29;--normal-t:#dfe39b;--normal-g:#35381a;--normal-" \
    "l:#b9bd5e;"                                                                                   \
    "--failed-t:#ffb4a6;--failed-g:#4d1d17;--hidden-t:#cbbcf2;--hidden-g:#33274f;"                 \
    "--warn-t:#f6c987;--warn-g:#472f0c;--note-t:#a9cbf0;--note-g:#1b344f;"                         \
    "--none-t:#a0acbb;--none-g:#262f3a;--took:#3a5271;--waiting:#6f9fd6;--lost:#ef7f6e;"

const char *adp_html_style(void)
{
    return
        /* ---- colours ---- */
        "\n:root{color-scheme:light dark;" LIGHT "}\n"
        "@media screen and (prefers-color-scheme:dark){:root{" DARK "}}\n"
        /* ---- text ---- */
        "*{box-sizing:border-box}\n"
        "body{margin:0 auto;max-width:1120px;padding:28px 28px 48px;background:var(--ground);"
        "color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',"
        "'DejaVu Sans',sans-serif;-webkit-text-size-adjust:100%}\n"
        "code,pre{font-family:ui-monospace,'Cascadia Mono',Consolas,'DejaVu Sans Mono',monospace;"
        "font-size:.9em}\n"
        "h1{font-size:.95rem;font-weight:600;letter-spacing:.02em;color:var(--soft);margin:0 0 "
        "10px}\n"
        "h2{font-size:1.35rem;line-height:1.3;margin:44px 0 12px;padding-top:20px;"
        "border-top:1px solid var(--rule)}\n"
        "h3{font-size:1.08rem;margin:34px 0 10px}\n"
        "h4{font-size:1rem;margin:0 0 10px;font-weight:600}\n"
        "p{margin:0 0 10px}a{color:var(--link)}a:focus-visible,[tabindex]:focus-visible,"
        "summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}\n"
        "td,th,dd,dt,li,p,h2,h4,code,span{overflow-wrap:anywhere;unicode-bidi:isolate}\n"
        ".n{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}\n"
        ".at,.more,.remark,.none{color:var(--soft)}.at,.more{font-size:.92em}\n"
        ".remark{max-width:80ch}\n"
        /* ---- verdict ---- */
        ".verdict{padding:12px 16px;border-left:6px solid var(--c,var(--rule));border-radius:4px;"
        "background:var(--g,var(--panel));color:var(--t,var(--text));font-weight:600}\n"
        ".verdict.top{font-size:1.25rem;line-height:1.4;padding:18px 20px}\n"
        ".verdict.ok{--c:var(--ok-t);--g:var(--ok-g);--t:var(--ok-t)}\n"
        ".verdict.failed{--c:var(--failed-t);--g:var(--failed-g);--t:var(--failed-t)}\n"
        ".verdict.hidden{--c:var(--hidden-t);--g:var(--hidden-g);--t:var(--hidden-t)}\n"
        ".verdict.incomplete{--c:var(--warn-t);--g:var(--warn-g);--t:var(--warn-t)}\n"
        ".limit{color:var(--warn-t);font-size:.92em;margin:8px 0}\n"
        ".facts{display:flex;flex-wrap:wrap;gap:8px 32px;margin:14px 0}\n"
        ".facts dt{font-size:.8rem;color:var(--soft)}.facts dd{margin:0;"
        "font-variant-numeric:tabular-nums}\n"
        /* ---- words with a colour ---- */
        ".chip{display:inline-block;padding:1px "
        "8px;border-radius:9px;font-size:.82em;font-weight:600;"
        "line-height:1.5;white-space:nowrap;background:var(--none-g);color:var(--none-t)}\n"
        ".chip.ok,.chip.supported{background:var(--ok-g);color:var(--ok-t)}\n"
        ".chip.normal{background:var(--normal-g);color:var(--normal-t)}\n"
        ".chip.failed,.chip.unanswered,.chip.error{background:var(--failed-g);color:var(--failed-t)"
        "}\n"
        ".chip.hidden{background:var(--hidden-g);color:var(--hidden-t)}\n"
        ".chip.probably{background:none;outline:1px dashed var(--hidden-t);color:var(--hidden-t)}\n"
        ".chip.warn,.chip.incomplete,.chip.pending{background:var(--warn-g);color:var(--warn-t)}\n"
        ".chip.note{background:var(--note-g);color:var(--note-t)}\n"
        /* ---- tables ---- */
        "table{border-collapse:collapse;width:100%;font-size:.93em}\n"
        "th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid "
        "var(--rule)}\n"
        "thead th{font-size:.8rem;font-weight:600;color:var(--soft);border-bottom:2px solid "
        "var(--rule);white-space:nowrap}\n"
        "tbody th{font-weight:400}.steps tbody "
        "th{white-space:nowrap}tr:target,article:target{outline:2px solid var(--link)}\n"
        "h2 .chip{font-size:.62em;vertical-align:.25em;margin-left:6px}.endpoints .n{width:64px}\n"
        ".stages thead th:nth-child(n+3):nth-child(-n+6),.endpoints thead th:nth-child(-n+2){"
        "text-align:right}\n"
        ".stages .more{display:block}.stages td,.stages th{padding-top:7px}\n"
        ".stages .bar{padding-top:11px;width:180px}.bar .all{fill:var(--panel)}"
        ".bar .took{fill:var(--took)}.bar .waiting{fill:var(--waiting)}.bar "
        ".lost{fill:var(--lost)}\n"
        ".fault td{padding-left:26px}.steps{table-layout:fixed}\n"
        ".cn{width:52px}.ct{width:92px}.cf{width:98px}.ck{width:104px}.co{width:106px}\n"
        ".steps thead th:nth-child(2),.steps thead th:nth-child(3),.steps thead th:nth-child(6),"
        ".steps thead th:first-child,.steps tbody th{text-align:right}\n"
        ".steps .more{margin:2px 0 0}.steps ul.more{padding-left:18px}\n"
        ".gap td{color:var(--soft);text-align:center;background:var(--panel)}\n"
        ".fold td{padding:0}.fold summary{padding:6px 10px 6px "
        "112px;text-indent:-102px;cursor:pointer}"
        ".fold summary:hover{background:var(--panel)}.fold summary b{font-weight:600;"
        "display:inline-block;min-width:82px;text-indent:0}\n"
        ".inner "
        "thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n"
        ".inner td,.inner tbody th{background:var(--panel);padding:6px 10px}"
        ".inner tr:last-child td,.inner tr:last-child th{border-bottom:0}\n"
        /* ---- findings ---- */
        ".finding{border:1px solid var(--rule);border-left:5px solid var(--c,var(--rule));"
        "border-radius:5px;padding:14px 18px;margin:0 0 14px}\n"
        ".finding.error{--c:var(--failed-t)}.finding.warn{--c:var(--warn-t)}"
        ".finding.note{--c:var(--note-t)}\n"
        ".finding dl,.spent{display:grid;grid-template-columns:92px 1fr;gap:6px 14px;margin:0;"
        "font-size:.95em}\n"
        ".finding dt,.spent dt{color:var(--soft)}.finding dd,.spent dd{margin:0;min-width:0}\n"
        ".causes{list-style:none;margin:0;padding:0}.causes li{display:grid;"
        "grid-template-columns:88px 1fr;gap:8px;margin:0 0 4px}.causes .chip{justify-self:start;"
        "align-self:start}\n"
        "pre{margin:0 0 6px;padding:7px 11px;background:var(--panel);border:1px solid var(--rule);"
        "border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}"
        "pre.changes{border-color:var(--warn-t)}\n"
        /* ---- the drawing ---- */
        ".scroll{overflow-x:auto}.ladder{width:auto}.ladder td,.ladder th{padding:0;border:0;"
        "background:var(--ground)}.ladder svg{display:block}\n"
        ".ladder text{font-size:12px;fill:var(--text);unicode-bidi:isolate}\n"
        ".ladder .who,.ladder .where,.ladder .role{text-anchor:middle}.ladder "
        ".who{font-weight:600;font-size:11.5px}"
        ".ladder .where{font-size:11px;fill:var(--soft)}.ladder .role{font-size:11px;"
        "fill:var(--soft);font-weight:600}.ladder .axis{text-anchor:end;fill:var(--soft);"
        "font-size:11px;font-variant-numeric:tabular-nums}\n"
        ".ladder .took,.ladder .pause{font-size:11px;fill:var(--soft)}"
        ".ladder .said,.ladder .took,.ladder .pause{paint-order:stroke;stroke:var(--ground);"
        "stroke-width:4px;stroke-linejoin:round}\n"
        ".life,.span{stroke:var(--rule);stroke-width:1.5}.life.idle{stroke-dasharray:2 4}\n"
        ".arrow{stroke:var(--a,var(--soft));fill:var(--a,var(--soft))}.arrow line{stroke-width:1.6}"
        ".arrow path{stroke:none}.arrow "
        ".cross{stroke:var(--a,var(--soft));stroke-width:2;fill:none}\n"
        ".arrow.ok{--a:var(--waiting)}.arrow.normal{--a:var(--normal-l)}"
        ".arrow.failed,.arrow.unanswered,.arrow.error{--a:var(--lost)}.arrow.hidden{"
        "--a:var(--hidden-t)}.arrow.hidden line{stroke-dasharray:5 4}"
        ".arrow.warn,.arrow.pending{--a:var(--warn-t)}.arrow.note{--a:var(--note-t)}\n"
        ".notice rect{fill:var(--g)}.notice .found{fill:var(--t);font-weight:600}"
        ".notice.error{--g:var(--failed-g);--t:var(--failed-t)}"
        ".notice.warn{--g:var(--warn-g);--t:var(--warn-t)}"
        ".notice.note{--g:var(--note-g);--t:var(--note-t)}\n"
        /* ---- the end ---- */
        ".glossary dl{columns:2;column-gap:36px;font-size:.92em}.glossary div{break-inside:avoid;"
        "margin:0 0 8px}.glossary dt{font-weight:600}.glossary dd{margin:0;color:var(--soft)}\n"
        "footer{margin-top:44px;padding-top:14px;border-top:1px solid "
        "var(--rule);color:var(--soft);"
        "font-size:.85em}\n"
        /* ---- a small screen: a step is a few lines ---- */
        "@media screen and (max-width:720px){body{padding:16px 14px 32px}"
        ".verdict.top{font-size:1.1rem;padding:14px}.finding{padding:12px}"
        ".finding dl,.spent{grid-template-columns:1fr}.finding dd{margin-bottom:6px}"
        ".glossary dl{columns:1}"
        ".steps,.stages,.endpoints,.paths{display:block}.steps colgroup{display:none}"
        ".steps thead,.stages thead,.endpoints thead,.paths thead{position:absolute;width:1px;"
        "height:1px;overflow:hidden;clip-path:inset(50%)}"
        ".steps tbody,.stages tbody,.endpoints tbody,.paths tbody{display:block}"
        ".steps tr,.stages tr,.endpoints tr,.paths tr{display:flex;flex-wrap:wrap;gap:2px 14px;"
        "padding:8px 0;border-bottom:1px solid var(--rule)}"
        ".steps td,.steps th,.stages td,.stages th,.endpoints td,.paths td,.paths th{border:0;"
        "padding:0}.steps .what,.stages tbody th,.endpoints .what,.paths .what,.fault td,.gap td,"
        ".fold td{flex:1 0 100%}.fault td{padding-left:0}.inner{padding-left:12px}"
        ".inner td,.inner tbody th{background:none;padding:0}.stages .bar{padding-top:4px}"
        "td[data-l]::before{content:attr(data-l) ' ';color:var(--soft)}"
        ".fold summary{padding:6px 0;text-indent:0}}\n"
        /* ---- paper ---- */
        "@page{margin:14mm 12mm}\n"
        "@media print{body{max-width:none;padding:0;font-size:9.5pt;background:none}"
        "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}"
        "a{color:inherit;text-decoration:none}"
        "h2{break-after:avoid;margin-top:24px}h3,h4{break-after:avoid}section+section{"
        "break-before:page}.glossary{break-before:auto}"
        ".finding,tr,pre,.verdict,.facts{break-inside:avoid}.fold,.fold tr{break-inside:auto}"
        ".inner tr{break-inside:avoid}th,td{padding:3px 6px}.steps{font-size:8.2pt}"
        ".steps .inner{font-size:1em}.inner td,.inner tbody th,.fold summary{padding-top:3px;"
        "padding-bottom:3px}.fold summary{padding-left:92px;text-indent:-86px}"
        ".fold summary b{min-width:72px}.cn{width:44px}.ct{width:66px}.cf{width:60px}"
        ".ck{width:74px}.co{width:76px}.stages .bar{width:150px}.stages .bar svg{width:130px}"
        "h2{margin-top:18px;padding-top:12px}h3{margin:20px 0 8px}.finding{padding:10px 14px}"
        ".glossary dl{font-size:8.2pt}footer{margin-top:18px;break-inside:avoid}"
        "thead{display:table-header-group}details::details-content{content-visibility:visible;"
        "height:auto;block-size:auto}.scroll{overflow:visible}.ladder,.ladder tbody,.ladder td{"
        "width:100%}.ladder svg{width:100%;height:auto}"
        ".ladder text{stroke:none!important}.glossary{border:0}}\n";
}
