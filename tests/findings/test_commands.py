# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that the product proposes are known, and "only read" is said of those that do."""
import re

import advice
import commands
import pages
import pytest
import test_findings  # it registers all cases, too

READ = """
dcdiag /s:dc1.contoso.test
dcdiag /test:advertising /s:dc1
dcdiag /test:dns /DnsBasic /s:dc1
dcdiag /test:dns /DnsRecordRegistration # on a domain controller
nltest /sc_query:contoso.test
nltest /dsgetdc:contoso.test /force /kdc
nltest /dsaddresstosite:dc1 /addresses:10.0.0.10
setspn -Q HTTP/mail.contoso.test
setspn -X -F
setspn -L svc-app
klist
klist tgt
klist get HTTP/mail.contoso.test
klist -ket /etc/krb5.keytab # which keys does the host hold?
w32tm /query /status
w32tm /stripchart /computer:dc1 /samples:3 /dataonly
wevtutil qe System /c:20 /rd:true /f:text
repadmin /replsummary
repadmin /showobjmeta dc1 "CN=x"
repadmin /syncall dc1 /I
netdom query fsmo
netdom trust contoso.test /domain:fabrikam.test /verify
Get-ADUser -Filter "userPrincipalName -eq 'a@contoso.test'" -Properties LockedOut
Get-ADObject -LDAPFilter '(servicePrincipalName=HTTP/x)' | Select-Object DistinguishedName
Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri
Get-ADObject -LDAPFilter '(|(cn=Set-ADUser)(cn=x;y))' | Select-Object Name
Resolve-DnsName -Name _ldap._tcp.dc._msdcs.contoso.test -Type SRV
Test-NetConnection dc1 -Port 636
Test-ComputerSecureChannel
dig -q _ldap._tcp.contoso.test -t SRV +tcp
ldapsearch -x -H ldap://dc1 -s base -b '' supportedExtension
kvno HTTP/mail.contoso.test
kadmin -q "getprinc host/srv1"
samba-tool drs showrepl
samba-tool spn list 'SRV1$'
adcli info contoso.test
net ads testjoin
net user alice /domain
openssl s_client -connect dc1:636 -showcerts
curl.exe -sS -i --globoff --url https://mail.contoso.test/
ipconfig /all
certutil -dcinfo verify
certutil -user -verifystore My
dsacls "CN=Configuration,DC=contoso,DC=test"
testparm -sv --parameter-name='ldap server require strong auth'
reg query HKLM\\SYSTEM\\CurrentControlSet\\Services\\NTDS\\Parameters /v LDAPServerIntegrity
"""
CHANGE = """
dcdiag /test:dns
dcdiag /test:dns /s:dc1 /v
dcdiag /test:dns /DnsBasic /DnsDynamicUpdate
dcdiag /fix
dcdiag /e
nltest /sc_verify:contoso.test
nltest /sc_reset:contoso.test
nltest /dsregdns
setspn -S HTTP/mail svc-app
setspn -D HTTP/mail svc-app
klist purge
klist; klist purge
klist add_bind contoso.test dc2
w32tm /resync
wevtutil cl System
repadmin /syncall /AdeP
repadmin /removelingeringobjects dc1 dc2 DC=contoso
netdom resetpwd /s:dc1 /ud:x /pd:*
netdom trust contoso.test /domain:fabrikam.test /reset
Set-ADUser alice -Enabled $true
Get-ADUser alice | Set-ADUser -Enabled $true
Get-ADUser alice | Out-File x
klist | tee x
Test-ComputerSecureChannel -Repair
Reset-ComputerMachinePassword
nsupdate -g
ldapmodify -H ldap://dc1
kinit alice
kadmin -q "ktadd host/srv1"
samba-tool domain exportkeytab x
samba-tool user setpassword alice
adcli join contoso.test
net ads join -U admin
net user alice secret /domain
ipconfig /flushdns
ktpass /out x
certutil -dcinfo deleteBad
certutil -repairstore My 1
dsacls "CN=Configuration,DC=contoso,DC=test" /G alice:GA
curl -X POST https://mail.contoso.test/
"""


def lines(text):
    return text.strip().splitlines()


def test_a_line_is_parted_outside_of_quotes():
    assert commands.parts("a | b; c && d || e # f | g") == ["a", "b", "c", "d", "e"]
    assert commands.parts("""grep -E 'a|b;c' x#y "it's | so" | wc""") == ["""grep -E 'a|b;c' x#y "it's | so\"""", "wc"]


@pytest.mark.parametrize("line", lines(READ))
def test_reads(line):
    assert commands.only_reads(line), commands.changes(line)


@pytest.mark.parametrize("line", lines(CHANGE))
def test_changes(line):
    assert not commands.only_reads(line), commands.changes(line)
    assert None not in commands.changes(line), "no row"


def test_each_row_has_a_source():
    for pattern, changes, source in commands.rows():
        assert changes and source, pattern.pattern


@pytest.mark.parametrize("key", advice.rows())
def test_the_mark_of_each_check_is_right(key):
    """A check that is not marked only reads; one that is marked changes something."""
    for check in advice.rows()[key].checks:
        done = commands.changes(check.text)
        assert None not in done, (check.text, "no row in commands.tsv")
        assert commands.only_reads(check.text) == (check.changes is None), (check.text, done)
        assert not re.search(r"<[A-Za-z]", check.text), f"nothing fills this in: {check.text}"


@pytest.mark.parametrize("page", sorted(p.stem for p in pages.PAGES.glob("*.md")))
def test_commands_of_a_page_are_marked(page):
    """Each line in a block of code, but for what a command prints."""
    text = (pages.PAGES / f"{page}.md").read_text()
    changing = {check.text for row in advice.rows().values() for check in row.checks if check.changes}
    for block in re.findall(r"^```\n(.*?)^```", text, re.S | re.M):
        for line in block.splitlines():
            if not re.match(r"\d+  |\.\.\. and ", line):
                assert commands.only_reads(line) or line in changing, (line, commands.changes(line))


@pytest.mark.parametrize("batch", test_findings.batches(test_findings.SHARED))
def test_each_proposed_command_is_known(analysed, batch):
    """What the product prints as a check has a row here, so that its mark can be held against it."""
    checks = {line for f in analysed(batch).all_findings() for line in f["check"]}
    unknown = sorted(c for c in checks if None in commands.changes(c))
    assert not unknown
