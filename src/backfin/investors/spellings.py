"""One name in several spellings that no rule of sound brings together, and short forms of given names."""

from __future__ import annotations

from collections.abc import Mapping

_SAME = """
    agarwal: aggarwal agrawal agarwala agarwalla agrawala aggrawal
    banerjee: banerji bandyopadhyay bandopadhyay
    bose: basu bosu
    chatterjee: chatterji chattopadhyay
    chowdhury: choudhury chaudhuri chaudhari chaudhary choudhary chowdhary choudhari chaudhury chowdhuri
    ganguly: ganguli gangopadhyay
    mukherjee: mukherji mukerji mookerjee mukerjee mukhopadhyay mukharji
    roy: ray roi
    krishna: krisna kisan
    krishnamurthy: krishnamoorthy krishnamurti krishnamoorti
    iyer: aiyar ayyar iyyer
    iyengar: ayyangar aiyangar
    sinha: sinh
    singh: sinh singha
    jain: jaina
    mohammed: mohammad mohamed mohamad muhammad muhammed mohamud mahomed mohd md mohammod mhmd mehmed muhamad mokhammad
    ahmed: ahmad ahmet akhmed akhmad ahmd
    hussain: hussein husain hosein hossein hussien hossain huseyin husein khusein
    hassan: hasan khasan hsn
    yusuf: yousef yousuf youssef yusof iusuf yosef
    abdul: abdel abd abdur abdal
    rahman: rehman rahmaan
    rahim: raheem rehim
    syed: sayed sayyed saiyed sayyid saiyad sayeed
    qureshi: quraishi koreshi kureshi qureishi
    ibrahim: ebrahim ibraheem
    khalid: khaled
    umar: omar umer
    usman: osman othman uthman
    fatima: fatma fatimah fatemeh
    zahra: zohra zehra
    jamal: gamal djamal
    mustafa: mostafa moustafa mustapha
    said: saeed saeid
    sheikh: shaikh sheik shaik
    mahmoud: mahmood mahmud mehmood mhmwd
    ali: aly
    alexander: aleksandr oleksandr aleksander alexandr alexandre alejandro aliaksandr
    alexey: aleksei alexei aleksey oleksii oleksiy alexiy
    alexandra: aleksandra oleksandra
    sergey: sergei serhii serhiy sergiy serge siarhei
    dmitry: dmitri dmitrii dmitriy dmytro dimitri dzmitry dimitry
    vladimir: volodymyr wladimir uladzimir
    yevgeny: evgeny evgeniy evgenii yevgeni yevgeniy evgeni eugene yevhen
    nikolay: nikolai mykola nicolai nikolaj
    mikhail: michail mykhailo mihail
    andrey: andrei andriy andrii andrej
    yuri: yury yuriy iurii jurij yurii
    igor: ihor
    grigory: grigori hryhorii grigoriy hryhoriy
    grigorievich: hryhorovych grigoryevich
    petr: pyotr petro piotr
    pavel: pavlo
    georgy: georgi georgiy giorgi heorhii
    viktor: victor
    yelena: elena olena helena
    yekaterina: ekaterina kateryna katerina
    natalia: natalya nataliya nataliia natalija
    olga: olha
    tatiana: tatyana tetiana
    yulia: julia iuliia yuliya yuliia
    gevorg: gevork kevork
    semyon: semen
    fyodor: fedor fiodor
    katherine: catherine kathryn catharine katharine cathryn kathrine katerine
    stephen: steven stephan stefan
    geoffrey: jeffrey jeffery geoffry
    philip: phillip philipp
    sara: sarah
    osama: usama
    laden: ladin
    muammar: moammar
    gaddafi: qadhafi qaddafi gadhafi kadafi gadafi qadafi
    qasim: qasem ghasem kassem kasim gasem kasem qassim qassem
    nasir: nasser naser nassir
    salih: saleh
    jabir: jaber
    tariq: tarek tareq tarik
    bilal: belal
    suleiman: sulaiman soliman sulayman suleyman soleiman
    abdullah: abdallah abdulla abdollah
    zainab: zeinab zaynab zeynab
    aisha: aysha ayesha aicha
    maryam: mariam miriam meryem
    yahya: yehia yahia
    nasrallah: nasrullah
    eric: erik erick
    marc: mark
    carl: karl
    frederick: fredrick frederic
    theodore: theodor
    isaac: isak izaak yitzhak itzhak yitzchak yitzchok
    jacob: yaakov yaacov jakob
    moshe: moses
    solomon: shlomo
    abraham: avraham
    george: giorgos yiorgos georgios georges
    konstantinos: constantinos
    kyriakos: kiriakos
    tshering: tsering
    macdonald: mcdonald
    mackenzie: mckenzie
    thompson: thomson
    park: pak bak
    choi: choe
    lee: yi rhee
    hoon: hun
    wijaya: widjaja wijaja
    budi: boedi
    suharto: soeharto
    sukarno: soekarno
    nguyen: nguyn
    djordje: dorde
"""

#: A spelling, and the one it is compared as.
SAME_NAME: Mapping[str, str] = {
    other: line.split(":")[0].strip()
    for line in _SAME.strip().splitlines()
    for other in line.split(":")[1].split()
    if not other.endswith("0")
}

_SHORT = """
    abigail: abby gail
    albert: al bert
    alexander: alex sasha sandy alec
    alexandra: alex sasha sandra
    alfred: al fred alf
    andrew: andy drew
    anthony: tony
    antonio: tony toni
    barbara: barb babs
    benjamin: ben benny
    catherine: cathy kate katie kitty
    charles: charlie chuck chas
    christina: chris tina
    christopher: chris kit
    clifford: cliff
    daniel: dan danny
    david: dave davey
    deborah: debbie deb
    dmitry: dima mitya
    donald: don donnie
    dorothy: dot dottie
    edward: ed eddie ted ned
    eleanor: ellie nell nora
    elizabeth: liz beth betty eliza lizzie bess libby lisa
    eugene: gene
    florence: flo
    francis: frank
    francisco: paco pancho
    frederick: fred freddie
    gabriel: gabe
    geoffrey: geoff jeff
    george: georgie
    gerald: gerry jerry
    gregory: greg
    harold: harry hal
    henry: harry hank
    ignacio: nacho
    ivan: vanya
    jacob: jake
    james: jim jimmy jamie
    jennifer: jen jenny
    jessica: jess jessie
    john: jack johnny
    jonathan: jon jonny
    jose: pepe
    joseph: joe joey
    joshua: josh
    judith: judy
    katherine: cathy kate katie kathy kit
    kenneth: ken kenny
    lawrence: larry laurie
    leonard: len lenny leo
    margaret: maggie meg peggy marge greta
    maria: masha
    martin: marty
    matthew: matt
    mervyn: merv
    michael: mike mick mickey
    mikhail: misha
    nathaniel: nat nate
    natalia: natasha
    nicholas: nick nicky
    pamela: pam
    patricia: pat patty tricia trish
    patrick: pat paddy
    peter: pete
    philip: phil
    rebecca: becky becca
    richard: dick rick rich ricky
    robert: bob rob bobby robbie bert
    ronald: ron ronnie
    samuel: sam sammy
    samantha: sam
    sergey: seryozha
    stanley: stan
    stephen: steve
    susan: sue susie suzy
    theodore: ted theo
    theresa: terry tess
    thomas: tom tommy
    timothy: tim
    victoria: vicky tori
    vincent: vince
    vladimir: vova volodya
    walter: walt
    wilhelm: willi
    william: bill will billy willie liam
    zachary: zach zack
"""

#: A short form, and the given names it may stand for.
SHORT_FORMS: dict[str, frozenset[str]] = {}
for _line in _SHORT.strip().splitlines():
    _name, _shorts = _line.split(":")
    for _short in _shorts.split():
        SHORT_FORMS[_short] = SHORT_FORMS.get(_short, frozenset()) | {_name.strip()}
