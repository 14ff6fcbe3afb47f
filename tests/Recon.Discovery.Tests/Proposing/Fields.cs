using System.Globalization;

namespace Recon.Discovery.Tests.Proposing;

internal enum FieldKind
{
    Text,
    Words,
    Url,
    Email,
    Phone,
    Whole,
    Amount,
    Day,
    Moment,
    Truth,
    Choice,
    SameChoice,
    List,
    Zip,
    Code,
}

/// <summary>Something that a file and a mirror both hold.</summary>
/// <param name="Property">HubSpot's name of it.</param>
/// <param name="French">What French files call it.</param>
internal sealed record Field(string Property, FieldKind Kind, string French, string English, string Sage, string Short)
{
    /// <summary>Values of enumerations: the file's and HubSpot's.</summary>
    public (string Legacy, string Hubspot)[] Choices { get; init; } = [];

    /// <summary>The field that it is nearly the same as.</summary>
    public string? Near { get; init; }

    public string HeaderOf(string style) => style switch { "french" => French, "sage" => Sage, "short" => Short, _ => English };
}

internal static class Fields
{
    private static readonly string[] s_cities = ["Lyon", "Nîmes", "Mâcon", "Besançon", "Lille", "Nantes", "Rennes", "Brest", "Quimper", "Dijon", "Reims", "Metz", "Nancy", "Tours", "Angers", "Le Mans", "Pau", "Dax", "Albi", "Gap"];
    private static readonly string[] s_syllables = ["ka", "lo", "mir", "ven", "dor", "tal", "ri", "sol", "bre", "gan", "pel", "fou", "chi", "mar", "ten", "vu", "zan", "qui"];

    public static IReadOnlyList<Field> Company { get; } =
    [
        new("name", FieldKind.Words, "Raison sociale", "Company Name", "Comp_Name", "RS"),
        new("website", FieldKind.Url, "Site web", "Website", "Comp_WebSite", "Web"),
        new("phone", FieldKind.Phone, "Téléphone", "Phone Number", "Comp_PhoneNumber", "Tel"),
        new("fax", FieldKind.Phone, "Télécopie", "Fax", "Comp_Fax", "Fax"),
        new("industry", FieldKind.Choice, "Secteur d'activité", "Industry", "Comp_Sector", "Sect")
        {
            Choices = [("Verrerie", "GLASS_CERAMICS"), ("Papeterie", "PAPER_FOREST"), ("Textile", "TEXTILES"), ("Chimie", "CHEMICALS"), ("Transport", "TRANSPORTATION")],
        },
        new("type", FieldKind.Choice, "Type de client", "Account Type", "Comp_Type", "Typ") { Choices = [("Client", "CUSTOMER"), ("Fournisseur", "VENDOR"), ("Prospect", "PROSPECT"), ("Partenaire", "PARTNER")] },
        new("territory", FieldKind.SameChoice, "Zone commerciale", "Territory", "Comp_Territory", "Zone") { Choices = [("Nord", "Nord"), ("Sud", "Sud"), ("Est", "Est"), ("Ouest", "Ouest")] },
        new("numberofemployees", FieldKind.Whole, "Effectif", "Employees", "Comp_Employees", "Eff"),
        new("annualrevenue", FieldKind.Amount, "Chiffre d'affaires", "Annual Revenue", "Comp_Revenue", "CA"),
        new("address", FieldKind.Text, "Adresse", "Street", "Addr_Street1", "Adr"),
        new("city", FieldKind.Text, "Ville", "City", "Addr_City", "Vil"),
        new("zip", FieldKind.Zip, "Code postal", "Postal Code", "Addr_PostCode", "CP"),
        new("country", FieldKind.SameChoice, "Pays", "Country", "Addr_Country", "Pays") { Choices = [("France", "France"), ("Belgique", "Belgique"), ("Suisse", "Suisse")] },
        new("shipping_city", FieldKind.Text, "Ville de livraison", "Shipping City", "Ship_City", "Vil liv") { Near = "city" },
        new("founded_date", FieldKind.Day, "Date de création société", "Founded On", "Comp_Founded", "Dt fond"),
        new("siret", FieldKind.Code, "N° SIRET", "Siret", "Comp_Siret", "Siret"),
        new("is_public", FieldKind.Truth, "Cotée en bourse", "Is Public", "Comp_Public", "Cot"),
        new("description", FieldKind.Words, "Descriptif", "Description", "Comp_Desc", "Descr"),
        new("last_visit_at", FieldKind.Moment, "Dernière visite", "Last Visit", "Comp_LastVisit", "Dern vis"),
        new("interests", FieldKind.List, "Centres d'intérêt", "Interests", "Comp_Interests", "Int"),
    ];

    public static IReadOnlyList<Field> Contact { get; } =
    [
        new("firstname", FieldKind.Words, "Prénom", "First Name", "Pers_FirstName", "Pren"),
        new("lastname", FieldKind.Words, "Nom de famille", "Last Name", "Pers_LastName", "Nom"),
        new("email", FieldKind.Email, "Courriel", "Email Address", "Pers_EmailAddress", "Mel"),
        new("phone", FieldKind.Phone, "Tél. fixe", "Business Phone", "Pers_PhoneNumber", "Tel"),
        new("mobilephone", FieldKind.Phone, "Portable", "Mobile", "Pers_MobileNumber", "GSM"),
        new("fax", FieldKind.Phone, "Fax", "Fax Number", "Pers_Fax", "Fax"),
        new("jobtitle", FieldKind.SameChoice, "Fonction", "Job Title", "Pers_Title", "Fct") { Choices = [("Gérant", "Gérant"), ("Acheteur", "Acheteur"), ("Assistante", "Assistante"), ("Directeur", "Directeur")] },
        new("salutation", FieldKind.Choice, "Civilité", "Salutation", "Pers_Salutation", "Civ") { Choices = [("M.", "Mr"), ("Mme", "Ms"), ("Dr", "Doctor")] },
        new("company", FieldKind.Words, "Société", "Company", "Comp_Name", "Soc"),
        new("city", FieldKind.Text, "Ville", "City", "Addr_City", "Vil"),
        new("zip", FieldKind.Zip, "CP", "Zip", "Addr_PostCode", "CP"),
        new("address", FieldKind.Text, "Adresse ligne 1", "Address", "Addr_Street1", "Adr1"),
        new("date_of_birth", FieldKind.Day, "Date de naissance", "Birth Date", "Pers_BirthDate", "Naiss"),
        new("hs_language", FieldKind.Choice, "Langue", "Language", "Pers_Language", "Lang") { Choices = [("Français", "fr"), ("Anglais", "en"), ("Allemand", "de")] },
        new("newsletter_optin", FieldKind.Truth, "Newsletter", "Newsletter", "Pers_Newsletter", "NL"),
        new("hs_lead_status", FieldKind.Choice, "Statut", "Lead Status", "Pers_Status", "Stat") { Choices = [("Nouveau", "NEW"), ("Ouvert", "OPEN"), ("En cours", "IN_PROGRESS"), ("Perdu", "UNQUALIFIED")] },
        new("linkedin_url", FieldKind.Url, "Page LinkedIn", "LinkedIn", "Pers_LinkedIn", "LinkedIn"),
    ];

    public static IReadOnlyList<Field> Deal { get; } =
    [
        new("dealname", FieldKind.Words, "Intitulé affaire", "Opportunity Name", "Oppo_Description", "Lib"),
        new("amount", FieldKind.Amount, "Montant HT", "Amount", "Oppo_Forecast", "Mnt"),
        new("dealstage", FieldKind.Choice, "Étape", "Stage", "Oppo_Stage", "Etp") { Choices = [("Identification", "appointmentscheduled"), ("Qualifiée", "qualifiedtobuy"), ("Négociation", "contractsent"), ("Gagnée", "closedwon"), ("Perdue", "closedlost")] },
        new("closedate", FieldKind.Day, "Date de clôture", "Close Date", "Oppo_TargetClose", "Dt clot"),
        new("deal_probability", FieldKind.Whole, "Probabilité", "Probability", "Oppo_Certainty", "Proba"),
        new("dealtype", FieldKind.Choice, "Type d'affaire", "Deal Type", "Oppo_Type", "Typ") { Choices = [("Nouvelle affaire", "newbusiness"), ("Renouvellement", "existingbusiness")] },
        new("deal_source", FieldKind.SameChoice, "Origine", "Source", "Oppo_Source", "Orig") { Choices = [("Salon", "Salon"), ("Site web", "Site web"), ("Prospection", "Prospection"), ("Appel", "Appel")] },
        new("deal_cost", FieldKind.Amount, "Coût de revient", "Cost", "oppo_cout", "Cout"),
        new("description", FieldKind.Words, "Commentaire", "Notes", "Oppo_Note", "Obs"),
        new("signed_at", FieldKind.Moment, "Date de signature", "Signed At", "Oppo_Signed", "Dt sign"),
        new("delivery_date", FieldKind.Day, "Date de livraison", "Delivery Date", "Oppo_Delivery", "Dt liv"),
        new("deal_priority", FieldKind.Choice, "Priorité", "Priority", "Oppo_Priority", "Prio") { Choices = [("Haute", "high"), ("Moyenne", "medium"), ("Basse", "low")] },
        new("deal_product", FieldKind.SameChoice, "Produit", "Product", "Oppo_Product", "Prod") { Choices = [("Orabel", "Orabel"), ("Tamnis", "Tamnis"), ("Velor", "Velor"), ("Kistan", "Kistan"), ("Numa", "Numa")] },
        new("won", FieldKind.Truth, "Gagnée", "Is Won", "Oppo_Won", "Gagn"),
    ];

    public static string Word(Chance chance)
    {
        string word = string.Concat(Enumerable.Range(0, chance.Between(2, 4)).Select(_ => chance.Of(s_syllables)));
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    /// <summary>A value as nobody has written it yet: invariant, and unambiguous.</summary>
    public static string Make(Field field, Chance chance)
    {
        switch (field.Kind)
        {
            case FieldKind.Words:
                return string.Join(' ', Enumerable.Range(0, field.Property is "firstname" or "lastname" ? 1 : chance.Between(2, 4)).Select(_ => Word(chance)));
            case FieldKind.Text when field.Property.EndsWith("city", StringComparison.Ordinal):
                return chance.Of(s_cities);
            case FieldKind.Text:
                return $"{chance.Between(1, 200)} rue {Word(chance)}";
            case FieldKind.Url:
                return $"https://www.{Word(chance).ToLowerInvariant()}{chance.Below(900)}.example/{(chance.Is(0.3) ? Word(chance).ToLowerInvariant() : "")}";
            case FieldKind.Email:
                return $"{Word(chance)}.{Word(chance)}{chance.Below(90)}@{Word(chance)}.example".ToLowerInvariant();
            case FieldKind.Phone:
                return $"+33{(field.Property == "mobilephone" ? chance.Between(6, 7) : chance.Between(1, 5))}{chance.Between(10_000_000, 99_999_999)}";
            case FieldKind.Whole:
                return (field.Property == "deal_probability" ? chance.Between(0, 20) * 5 : chance.Between(1, 700)).ToString(CultureInfo.InvariantCulture);
            case FieldKind.Amount:
                return (chance.Between(100, 900_000) + (chance.Below(4) * 0.25m)).ToString("0.00", CultureInfo.InvariantCulture);
            case FieldKind.Day:
                return new DateTime(2012, 1, 1).AddDays(chance.Below(4_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            case FieldKind.Moment:
                return new DateTime(2015, 1, 1, 6, 0, 0).AddDays(chance.Below(2_800)).AddMinutes(chance.Below(840)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            case FieldKind.Truth:
                return chance.Is(0.4) ? "true" : "false";
            case FieldKind.List:
                return string.Join(';', chance.Shuffled((string[])["golf", "vin", "voile", "musique", "cinema"]).Take(chance.Between(1, 3)));
            case FieldKind.Zip:
                return chance.Between(1_000, 95_999).ToString("00000", CultureInfo.InvariantCulture);
            case FieldKind.Code:
                return $"{chance.Between(100, 999)}{chance.Between(100_000, 999_999)}{chance.Between(10_000, 99_999)}";
            default:
                return chance.Of(field.Choices).Legacy;
        }
    }
}
