"""Bank statements as several banks write them, for tests; made here, of nobody's account."""

OWN = "LU280019400644750000"
PAYER = "DE89370400440532013000"
OTHER = "FR1420041010050500013M02606"
V8 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def entry(
    amount="10.00",
    *,
    currency="EUR",
    way="CRDT",
    booked="2026-05-04",
    bank_reference="",
    end_to_end="",
    ustrd="",
    strd="",
    name="",
    iban="",
    extra="",
    details=None,
    status="<Sts><Cd>BOOK</Cd></Sts>",
):
    """Return one booking in the newer shape; `details` replace its transactions."""
    if details is None:
        details = transaction(end_to_end=end_to_end, ustrd=ustrd, strd=strd, name=name, iban=iban, way=way)
    reference = f"<AcctSvcrRef>{bank_reference}</AcctSvcrRef>" if bank_reference else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>{extra}{status}'
        f"<BookgDt><Dt>{booked}</Dt></BookgDt><ValDt><Dt>{booked}</Dt></ValDt>{reference}"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def transaction(*, amount="", end_to_end="", ustrd="", strd="", name="", iban="", way="CRDT", more=""):
    """Return one transaction of a booking in the newer shape."""
    side = "Dbtr" if way == "CRDT" else "Cdtr"
    parties = f"<{side}><Pty><Nm>{name}</Nm></Pty></{side}>" if name else ""
    parties += f"<{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>" if iban else ""
    structured = f"<Strd><CdtrRefInf><Ref>{strd}</Ref></CdtrRefInf></Strd>" if strd else ""
    lines = "".join(f"<Ustrd>{line}</Ustrd>" for line in ustrd.split("\n") if line)
    return (
        "<TxDtls>"
        + (f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>" if end_to_end else "")
        + (f'<Amt Ccy="EUR">{amount}</Amt>' if amount else "")
        + f"<RltdPties>{parties}</RltdPties><RmtInf>{lines}{structured}</RmtInf>{more}</TxDtls>"
    )


def statement(*entries, iban=OWN, namespace=V8, prefix="", identification="S-1"):
    """Return a whole file."""
    text = (
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>{identification}</Id>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        + balance("OPBD", "100.00")
        + balance("CLBD", "110.00")
        + "".join(entries)
        + "</Stmt></BkToCstmrStmt>"
    )
    head = f' xmlns="{namespace}"' if namespace else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Document{head}>{text}</Document>'.encode()


def balance(kind, amount):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


# The older shape: status as text, names without <Pty>, BIC, amounts under AmtDtls, and a batch of two transactions.
OLD = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><n:BkToCstmrStmt><n:Stmt><n:Id>KA-7</n:Id>
<n:FrToDt><n:FrDtTm>2026-05-01T00:00:00</n:FrDtTm><n:ToDtTm>2026-05-31T00:00:00</n:ToDtTm></n:FrToDt>
<n:Acct><n:Id><n:IBAN>LU280019400644750000</n:IBAN></n:Id></n:Acct>
<n:Ntry><n:Amt Ccy="EUR">30.50</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>BOOK</n:Sts>
<n:BookgDt><n:DtTm>2026-05-04T09:00:00+02:00</n:DtTm></n:BookgDt><n:AcctSvcrRef>BATCH-1</n:AcctSvcrRef>
<n:NtryDtls><n:Btch><n:NbOfTxs>2</n:NbOfTxs></n:Btch>
<n:TxDtls><n:Refs><n:EndToEndId>NOTPROVIDED</n:EndToEndId><n:TxId>T1</n:TxId></n:Refs>
<n:AmtDtls><n:TxAmt><n:Amt Ccy="EUR">10.00</n:Amt></n:TxAmt></n:AmtDtls>
<n:RltdPties><n:Dbtr><n:Nm>J\xf6rg M\xfcller</n:Nm></n:Dbtr>
<n:DbtrAcct><n:Id><n:IBAN>DE89370400440532013000</n:IBAN></n:Id></n:DbtrAcct></n:RltdPties>
<n:RltdAgts><n:DbtrAgt><n:FinInstnId><n:BIC>COBADEFFXXX</n:BIC></n:FinInstnId></n:DbtrAgt></n:RltdAgts>
<n:RmtInf><n:Ustrd>Bestellung</n:Ustrd><n:Ustrd>1001</n:Ustrd></n:RmtInf></n:TxDtls>
<n:TxDtls><n:Refs><n:TxId>T2</n:TxId></n:Refs>
<n:AmtDtls><n:InstdAmt><n:Amt Ccy="EUR">20.50</n:Amt></n:InstdAmt></n:AmtDtls>
<n:RmtInf><n:Strd><n:CdtrRefInf><n:Ref>RF18539007547034</n:Ref></n:CdtrRefInf></n:Strd></n:RmtInf></n:TxDtls>
</n:NtryDtls></n:Ntry>
<n:Ntry><n:Amt Ccy="EUR">5.00</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts>PDNG</n:Sts>
<n:BookgDt><n:Dt>2026-05-05</n:Dt></n:BookgDt></n:Ntry>
<n:Ntry><n:Amt Ccy="EUR">7.25</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Sts>BOOK</n:Sts>
<n:BookgDt><n:Dt>2026-05-06</n:Dt></n:BookgDt><n:AddtlNtryInf>Account fee</n:AddtlNtryInf></n:Ntry>
</n:Stmt></n:BkToCstmrStmt></n:Document>"""
