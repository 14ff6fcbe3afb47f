using System.Globalization;

namespace Recon.Samples;

/// <summary>Invented names, reserved domains and telephone numbers that are set aside for fiction.</summary>
internal static class SampleNames
{
    private static readonly string[] s_forms =
        ["Ateliers", "Comptoir", "Établissements", "Groupe", "Maison", "Société", "Atelier", "Fonderie", "Laboratoire", "Verrerie"];

    private static readonly string[] s_syllables =
    [
        "bor", "vel", "tam", "ora", "nis", "quel", "dra", "mir", "pel", "son", "lia", "gar",
        "fen", "tol", "ruz", "ambe", "cla", "vio", "ster", "hul", "ied", "jor", "kes", "plo",
    ];

    private static readonly string[] s_suffixes = ["SARL", "SAS", "SA", "Industrie", "& Fils", ", Père et Fils"];

    private static readonly string[] s_first =
    [
        "Éloïse", "Tancrède", "Maëlle", "Anatole", "Sidonie", "Gaspard", "Ombeline", "Lazare", "Zélie", "Corentin",
        "Apolline", "Félicien", "Hermine", "Octave", "Philippine", "Séverin",
    ];

    private static readonly string[] s_firstAscii =
    [
        "eloise", "tancrede", "maelle", "anatole", "sidonie", "gaspard", "ombeline", "lazare", "zelie", "corentin",
        "apolline", "felicien", "hermine", "octave", "philippine", "severin",
    ];

    private static readonly (string City, string State, string Zip)[] s_places =
    [
        ("Lyon", "Auvergne-Rhône-Alpes", "69003"), ("Nantes", "Pays de la Loire", "44000"), ("Lille", "Hauts-de-France", "59000"),
        ("Bourg-en-Bresse", "Auvergne-Rhône-Alpes", "01000"), ("Orléans", "Centre-Val de Loire", "45000"),
        ("Besançon", "Bourgogne-Franche-Comté", "25000"), ("Saint-Étienne", "Auvergne-Rhône-Alpes", "42000"),
        ("Nîmes", "Occitanie", "30000"), ("Mâcon", "Bourgogne-Franche-Comté", "71000"), ("Ajaccio", "Corse", "20000"),
    ];

    private static readonly string[] s_streets =
        ["rue des Tilleuls", "avenue de la Gare", "chemin du Moulin", "place du Marché", "impasse de l'Écluse", "quai des Brumes"];

    private static readonly string[] s_topLevels = ["example", "example.com", "example.net", "example.org"];

    /// <summary>A company's name and bare domain; the domain is its own.</summary>
    public static (string Name, string Domain) Company(RandomStream draw, long identity)
    {
        string word = Word(ref draw, 3);
        string suffix = draw.Pick(s_suffixes);
        string name = $"{draw.Pick(s_forms)} {char.ToUpperInvariant(word[0])}{word[1..]}{(suffix[0] == ',' ? "" : " ")}{suffix}";
        return (name, string.Create(CultureInfo.InvariantCulture, $"{word}{identity}.{draw.Pick(s_topLevels)}"));
    }

    /// <summary>A person's names and e-mail address; the address is the person's own.</summary>
    public static (string First, string Last, string Email) Person(RandomStream draw, long identity)
    {
        int first = draw.Below(s_first.Length);
        string last = Word(ref draw, 2);
        return (
            s_first[first],
            char.ToUpperInvariant(last[0]) + last[1..],
            string.Create(CultureInfo.InvariantCulture, $"{s_firstAscii[first]}.{last}{identity}@{draw.Pick(s_topLevels[1..])}"));
    }

    /// <summary>A place: street, city, state and postal code of one address.</summary>
    public static (string Street, string City, string State, string Zip) Address(ref RandomStream draw)
    {
        (string city, string state, string zip) = draw.Pick(s_places);
        string street = string.Create(CultureInfo.InvariantCulture, $"{draw.Below(180) + 1} {draw.Pick(s_streets)}");
        return (street, city, state, zip);
    }

    /// <summary>A telephone number in E.164 and as the file spells it, from the range set aside for fiction.</summary>
    public static (string E164, string Written) Phone(ref RandomStream draw, bool mobile)
    {
        string rest = draw.Below(10_000).ToString("D4", CultureInfo.InvariantCulture);
        (string a, string b, string c) = mobile ? ("6", "39", "98") : ("1", "99", "00");
        (string d, string e) = (rest[..2], rest[2..]);
        return ($"+33{a}{b}{c}{d}{e}", draw.Below(3) switch
        {
            0 => $"0{a}{b}{c}{d}{e}",
            1 => $"0{a}.{b}.{c}.{d}.{e}",
            _ => $"+33 {a} {b} {c} {d} {e}",
        });
    }

    /// <summary>A domain as people type web addresses.</summary>
    public static string WebSite(ref RandomStream draw, string domain) => draw.Below(6) switch
    {
        0 => $"https://www.{domain}/",
        1 => $"http://{domain}",
        2 => $"www.{char.ToUpperInvariant(domain[0])}{domain[1..]}",
        3 => domain.ToUpperInvariant(),
        4 => $"https://www.{domain}/contact?lang=fr",
        _ => $"http://{domain}:8080/accueil",
    };

    private static string Word(ref RandomStream draw, int syllables)
    {
        string word = draw.Pick(s_syllables) + draw.Pick(s_syllables);
        return syllables == 2 ? word : word + draw.Pick(s_syllables);
    }
}
