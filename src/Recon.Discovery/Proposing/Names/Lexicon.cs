using System.Collections.Frozen;

namespace Recon.Discovery.Proposing.Names;

/// <summary>Spellings of the same thing in English, in French, in Sage's exports and in HubSpot, with their abbreviations.</summary>
internal static class Lexicon
{
    // A line is a concept and the phrases that mean it. A phrase may be a part of a name, or be written as one word.
    private const string Lines = """
        company: company, companies, comp, societe, societes, soc, entreprise, ent, account, accounts, compte, organisation, organization, org, firm, firme, etablissement, tiers, raison sociale company
        name: name, nom, libelle, lib, label, intitule, designation, denomination, title of
        legalname: raison sociale, raisonsociale, rs, rais soc, raisoc, raison soc, company name, societe nom, nom societe, nom de la societe, nom entreprise, nom de l entreprise, account name, companyname, business name, denomination sociale, nom compte, nom client, customer name, organization name, organisation name, nom tiers, nom usuel, enseigne, nom commercial
        firstname: first name, vorname, firstname, fname, prenom, prenoms, given name, givenname, forename, first nm, prnm
        lastname: last name, nachname, apellido, apellidos, lastname, lname, surname, family name, familyname, nom de famille, nom famille, nomfamille, nom contact, patronyme, nom personne
        fullname: full name, fullname, nom complet, nom prenom, contact name, display name
        phone: phone, telephone, telefon, telefono, tel, tele, phone number, phonenumber, telephone number, numero de telephone, numero telephone, num tel, tel fixe, no tel, ligne directe, telephone fixe, fixe, standard, business phone, work phone, landline, phone no, telephonique
        mobile: mobile, mobile phone, mobilephone, mobile number, mobilenumber, portable, tel portable, tel mobile, telephone portable, telephone mobile, cell, cell phone, cellphone, gsm, tel port, port, mob, handy
        fax: fax, telecopie, telecopieur, fax number, faxnumber, numero de fax, numero fax, no fax
        email: email, e mail, mail, courriel, email address, emailaddress, mail address, adresse email, adresse mail, adresse e mail, adresse courriel, adresse electronique, mel, adr mail, eml
        website: website, web site, site web, siteweb, site internet, site, url, web, homepage, home page, www, adresse web, web address, internet
        domain: domain, domaine, nom de domaine, domain name, company domain
        address: address, adresse, mailing, strasse, anschrift, direccion, adr, addr, street, street address, rue, voie, address line, adresse ligne, street 1, address 1, adresse 1, ligne adresse, adr 1, addr 1, addr street, lib voie, numero et voie
        address2: address 2, adresse 2, street 2, address line 2, complement, complement adresse, complement d adresse, adr 2, addr 2, adresse complement
        city: city, ville, ort, stadt, ciudad, town, commune, localite, ville adresse, vil, loc, locality
        zip: zip, zip code, zipcode, cp, code postal, codepostal, postal code, postalcode, postcode, post code, codpost, cod post, cpostal, c p, postal, plz
        state: state, region, province, departement, dept, etat, county, state region
        country: country, pays, land, pais, paese, country code, code pays, pys, nation, country region
        jobtitle: job title, jobtitle, fonction, poste, intitule de poste, intitule poste, titre poste, titre, title, position, role, metier, job, fct, intitule du poste
        department: department, service, departement, dpt, division
        salutation: salutation, civilite, civ, civilit, honorific, prefix, titre de civilite, politesse, salut
        industry: industry, branche, secteur, secteur d activite, secteur activite, sector, activite, branche, domaine d activite, sect, business sector, naf label, industrie
        employees: employees, number of employees, numberofemployees, effectif, effectifs, nb salaries, nombre de salaries, salaries, nb employes, nombre d employes, nombre employes, employes, headcount, staff, num employees, no of employees, nb sal, nbsal, eff, taille, company size, size, nb emp
        revenue: revenue, umsatz, annual revenue, annualrevenue, ca, chiffre d affaires, chiffre affaires, chiffre d affaire, ca annuel, turnover, sales, chiffreaffaires, ca ht, revenu, revenus, ca keur, ca k
        type: type, typ, nature, genre, categorie, category, kind, type client, type de client, customer type, type tiers
        status: status, statut, stat, situation, sit
        stage: stage, etape, phase, step, dealstage, deal stage, etape de vente, pipeline stage, sales stage, avancement, stade
        territory: territory, territoire, zone, area, sales territory, secteur commercial, secteur geographique, zone commerciale, zone geographique
        source: source, origine, provenance, lead source, leadsource, canal, origin, src, orig, channel, source du lead
        priority: priority, priorite, importance, urgence, prio, severity
        amount: amount, montant, forecast, prevision, valeur, value, montant prevu, ca previsionnel, montant ht, total, total ht, prix, price, mnt, mt, montant estime, budget, mtt, deal value
        cost: cost, cout, charge
        probability: probability, probabilite, certainty, certitude, proba, chance, win probability, taux, pct, pourcentage, confidence, chances
        closedate: close date, closedate, target close, targetclose, date de cloture, date cloture, cloture, closing date, date de signature, date signature, expected close, date previsionnelle, date prevue, date fin prevue, echeance, dt cloture, cloture prevue, date close
        dealname: deal name, dealname, opportunity name, nom opportunite, nom affaire, nom de l affaire, affaire, intitule affaire, libelle affaire, opportunite, opportunity, nom de l opportunite, libelle opportunite, oppo description, deal title
        description: description, descriptif, descr, desc, detail, details, resume
        note: note, notes, remarque, remarques, commentaire, commentaires, comment, comments, observation, observations, memo, body, text, texte, obs, rem, compte rendu, corps, content, contenu, note body, message
        subject: subject, objet, sujet, theme, titre message, obj
        product: product, produit, brand, marque, article, gamme, prod
        owner: owner, proprietaire, commercial, responsable, assigned to, vendeur, sales rep, account manager, gestionnaire, suivi par
        created: created, create date, createdate, created at, created date, createddate, date creation, date de creation, cree le, creation, dt creation, createdon, created on, entered
        updated: updated, updated at, updated date, updateddate, last modified, lastmodified, lastmodifieddate, modified, modification, date modification, date de modification, modifie le, maj, mise a jour, date maj, dt maj, derniere modification
        deleted: deleted, is deleted, isdeleted, supprime, efface, deletion, suppression, del
        archived: archived, archive, archivee, is archived
        date: date, dt, dat, jour, day
        time: time, timestamp, datetime, date time, heure, horodatage, date heure
        start: start, begin, debut, start date, date debut, date de debut
        end: end, fin, finish, end date, date fin, date de fin
        duration: duration, duree
        direction: direction, sens, call direction
        action: action, acte
        language: language, langue, lang, preferred language, hs language
        currency: currency, devise, monnaie, currency code, cur, dev, deal currency code
        siret: siret, siren, siret siren, numero siret, no siret, registration number, company registration
        vat: vat, tva, vat number, tva intracom, numero tva, no tva, tva intracommunautaire, vatnumber, tax id
        naf: naf, ape, code naf, code ape, nace, sic
        linkedin: linkedin, linkedin page, linkedin company page, linkedin url, page linkedin, linkedinbio
        facebook: facebook, facebook page, facebook company page
        twitter: twitter, twitter handle, twitterhandle, x handle
        birthday: birthday, date of birth, birthdate, date de naissance, naissance, birth, birth date, dob, anniversaire, date naissance
        gender: gender, sexe, sex
        optin: opt in, optin, newsletter, consent, consentement, marketing consent, abonne, rgpd, gdpr
        optout: opt out, optout, unsubscribed, desabonne, do not contact
        lifecycle: lifecycle stage, lifecyclestage, lifecycle, cycle de vie, etape du cycle de vie
        leadstatus: lead status, hs lead status, statut du lead, statut lead
        contact: contact, contacts, person, personne, pers, interlocuteur, people, individu
        deal: deal, deals, opportunity, opportunities, oppo, affaire, opportunite, opp
        ticket: ticket, tickets, case, cas, incident
        communication: communication, comm, comms, engagement, activity, activite, interaction, interactions, communications, engagements
        billing: billing, facturation, bill, invoice, fact, factu, facturer
        shipping: shipping, livraison, delivery, ship, liv, livr, expedition
        home: home, domicile, perso, personal, personnel, prive, private
        work: work, travail, pro, professional, professionnel, bureau, office
        main: main, principal, principale, primary, prim, princ
        secondary: secondary, secondaire, second, autre, other, alt, alternate, alternative
        parent: parent, maison mere, mere, holding, groupe, group, head office
        previous: previous, precedent, precedente, old, ancien, ancienne, former
        last: last, dernier, derniere, latest
        next: next, prochain, prochaine, suivant
        count: count, nombre, nb, nbr, number of, num of, qty, quantite, quantity, qte
        id: id, identifiant, ident, identifier, code, cle, key, ref, reference, no, numero, number, num, uid, guid, uuid, pk
        external: external, externe, legacy, sage, erp, guid, uuid, dynamics, sugar, salesforce, sfdc, icalps, odoo, zoho, pipedrive, navision, cegid, ebp, old, former, ancien, source id, ancien systeme, foreign
        rownumber: row, row no, row number, row id, rownum, line, line no, line number, ligne, no ligne, numero ligne, num ligne, n ligne, rang, index, idx, position, seq, sequence, ordre
        rating: rating, note client, score, notation, rank
        founded: founded, founded year, year founded, annee de creation, annee creation, fondation
        capital: capital, share capital, capital social
        timezone: timezone, time zone, fuseau, fuseau horaire
        """;

    public static FrozenDictionary<string, string[]> Phrases { get; } = Read();

    /// <summary>The longest phrase, in words.</summary>
    public const int LongestPhrase = 5;

    /// <summary>Concepts that tell things of one kind from each other: a column of one is not a property of the other.</summary>
    public static FrozenSet<string> Qualifiers { get; } = FrozenSet.ToFrozenSet(
        ["billing", "shipping", "home", "secondary", "parent", "previous", "start", "end", "next", "mobile", "fax", "address2", "created", "updated", "optout", "birthday"]);

    /// <summary>Qualifiers that tell a column from one without any, whatever else the names say: a parent's name is no name.</summary>
    public static FrozenSet<string> StrongQualifiers { get; } = FrozenSet.ToFrozenSet(["billing", "shipping", "secondary", "parent", "previous"]);

    /// <summary>Concepts that say little where they stand beside others.</summary>
    public static FrozenSet<string> Weak { get; } = FrozenSet.ToFrozenSet(
        ["company", "contact", "deal", "communication", "ticket", "main", "work", "date", "time", "id", "count", "external", "name", "last"]);

    /// <summary>Concepts whose values are texts, however few there are.</summary>
    public static FrozenSet<string> Texts { get; } = FrozenSet.ToFrozenSet(
        ["firstname", "lastname", "fullname", "name", "legalname", "dealname", "city", "zip", "state", "country", "address", "address2", "subject", "description", "note", "jobtitle"]);

    /// <summary>Concepts whose values are made of digits and are no numbers.</summary>
    public static FrozenSet<string> DigitTexts { get; } = FrozenSet.ToFrozenSet(["zip", "phone", "mobile", "fax", "siret", "vat", "naf", "id", "external", "address"]);

    /// <summary>Concepts whose values can be different in each record, and are no ids of records.</summary>
    public static FrozenSet<string> NoIds { get; } = FrozenSet.ToFrozenSet(
        ["zip", "phone", "mobile", "fax", "email", "siret", "vat", "naf", "employees", "revenue", "amount", "cost", "probability", "capital", "rownumber", "address", "city", "website", "domain", "date", "created", "updated"]);

    private static FrozenDictionary<string, string[]> Read()
    {
        Dictionary<string, HashSet<string>> phrases = new(StringComparer.Ordinal);
        foreach (string line in Lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string concept = line[..colon];
            foreach (string phrase in line[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries))
            {
                Add(phrase, concept);
                Add(phrase.Replace(" ", "", StringComparison.Ordinal), concept);
            }
        }

        return phrases.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

        void Add(string phrase, string concept)
        {
            if (!phrases.TryGetValue(phrase, out HashSet<string>? concepts))
            {
                phrases[phrase] = concepts = new HashSet<string>(StringComparer.Ordinal);
            }

            _ = concepts.Add(concept);
        }
    }
}
