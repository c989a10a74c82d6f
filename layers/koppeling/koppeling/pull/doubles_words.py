"""Words in the names of firms that say little of which firm it is."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_FORMS = _words(
    """
    bv nv vof cv bvba srl sa sarl sas spa gmbh ag kg ohg ug ltd limited llc llp inc plc bvio
    cooperatie cooperatief ua ba wa maatschap eenmanszaak firma fa co cie corp
    """
)
# A foundation that has the name of a firm is another one
FOUNDATIONS = _words("stichting vereniging fonds ver sticht")
FILLERS = _words("en and und et the")
PARTICLES = _words("de het t van der den te ter ten vd v d s st sint")
# At the end of a name they number firms
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
SHORT_FORMS = {
    "gebr": "gebroeders",
    "mij": "maatschappij",
    "int": "international",
    "intl": "international",
    "internationaal": "international",
    "ned": "nederland",
    "nederlandse": "nederland",
    "nl": "nederland",
    "groep": "group",
    "adm": "administratie",
}
# Firms of one owner that stand beside each other, each with an own administration
SISTERS = _words(
    """
    holding beheer beleggingen belegging vastgoed group groep onroerend invest investments
    participaties participatie pensioen pensioenfonds management exploitatie projecten verhuur
    lease international nederland belgie duitsland europe onderhoud zorg wonen retail bouw
    techniek personeel facilitair materieel deelnemingen financial finance ontwikkeling
    kinderopvang logistics trading services shop webshop academy
    """
)
# The most usual surnames: a firm that has no other name is found by more than its name
SURNAMES = _words(
    """
    jong jansen vries berg dijk bakker janssen visser smit meijer boer mulder groot bos vos
    peters hendriks leeuwen dekker brouwer wit dijkstra smits graaf meer linden kok jacobs haan
    vermeulen heuvel veen broek bruijn bruin heijden schouten beek willems vliet hoekstra maas
    verhoeven koster dam wal prins blom huisman kuipers kuiper post veenstra kramer brink smeets
    hermans martens gerritsen
    """
)
# What so many firms of one kind are called, each with the surname of its owner
TRADES = _words(
    """
    bakkerij slagerij kapsalon garage autobedrijf autobedrijven schildersbedrijf schilder
    schilders loodgietersbedrijf loodgieter timmerbedrijf bouwbedrijf aannemersbedrijf hoveniers
    hoveniersbedrijf hovenier transportbedrijf transport installatiebedrijf advocaten
    advocatenkantoor notaris notariskantoor makelaardij makelaar makelaars tandarts
    tandartspraktijk huisarts huisartsenpraktijk dierenarts dierenkliniek fysiotherapie apotheek
    praktijk rijschool restaurant cafe hotel brasserie snackbar cafetaria basisschool school
    scouting loonbedrijf administratiekantoor administratie accountants accountantskantoor
    advies consultancy adviesbureau bakker elektro schoonmaakbedrijf bouw techniek fietsen
    bloemen bloemist juwelier boekhandel stichting vereniging
    """
)
# Everybody may have an address at these
FREE_MAIL = _words(
    """
    gmail.com googlemail.com hotmail.com hotmail.nl outlook.com live.nl live.com msn.com
    yahoo.com yahoo.nl icloud.com me.com mac.com ziggo.nl kpnmail.nl kpnplanet.nl planet.nl
    home.nl xs4all.nl hetnet.nl upcmail.nl chello.nl casema.nl quicknet.nl telfort.nl tele2.nl
    zonnet.nl solcon.nl online.nl versatel.nl freeler.nl caiway.nl caiway.net proton.me
    protonmail.com aol.com gmx.net gmx.de web.de skynet.be telenet.be outlook.be
    """
)
