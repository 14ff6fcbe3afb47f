using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.Discovery.Profiling.Dialects;

/// <summary>Tells whether the first record names the columns.</summary>
internal static class HeaderFinder
{
    private const double Nearly = 0.8;
    private const int MostTitles = 10;

    // Words of which the names of columns are made, in exports of several languages; whole words only.
    private static readonly HashSet<string> s_words = new(
        ("id key code ref reference no num number numero nr type status statut stage name nom prenom prénom firstname lastname first last vorname nachname title titre civilite civilité "
        + "email mail courriel phone tel tél telephone téléphone telefon mobile portable gsm fax website site web url domain domaine "
        + "address adresse street rue strasse city ville ort stadt zip cp postal plz country pays land state region région departement département "
        + "date created updated modified creation création modification deleted amount montant betrag price prix total ca revenue turnover currency devise "
        + "company societe société entreprise firma account compte client customer contact owner user note notes comment commentaire description subject objet libelle libellé "
        + "source sector secteur industry activite activité employees effectif siret siren vat tva parent person oppo comp pers comm deal product produit quantity quantite quantité qty priority priorité").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Records before the first one of the table: titles, and dates of the export, which have few fields.</summary>
    public static int Titles(IReadOnlyList<string[]> records)
    {
        if (records.Count < 3)
        {
            return 0;
        }

        int usual = records.GroupBy(record => record.Length).OrderByDescending(group => group.Count()).First().Key;
        int titles = 0;
        while (titles < MostTitles && titles + 1 < records.Count && usual > 2 && Filled(records[titles]) * 3 <= usual && records[titles].Length != usual)
        {
            titles++;
        }

        return titles < MostTitles && records[titles].Length == usual ? titles : 0;
    }

    /// <param name="records">The first records, without titles.</param>
    public static Found<bool> Find(IReadOnlyList<string[]> records)
    {
        string[] first = records[0];
        if (records.Count == 1)
        {
            bool names = !first.Any(CellText.IsTyped);
            return new(names, false, "there is one record only", [new(!names, "there is one record only")]);
        }

        int strange = 0; // Columns whose first value is of another kind than the others.
        int alike = 0;
        int fresh = 0; // Columns of few different values, of which the first one is none.
        int again = 0;
        for (int column = 0; column < first.Length; column++)
        {
            string name = first[column];
            string[] others = [.. records.Skip(1).Where(record => column < record.Length && record[column].Length > 0).Select(record => record[column])];
            if (name.Length == 0 || others.Length == 0)
            {
                continue;
            }

            int typed = others.Count(CellText.IsTyped);
            if (typed >= others.Length * Nearly)
            {
                // Years name the columns of figures.
                _ = CellText.IsTyped(name) && !(IsYear(name) && others.Count(IsYear) < others.Length * Nearly) ? alike++ : strange++;
            }
            else if (others.Contains(name, StringComparer.Ordinal))
            {
                again++;
            }
            else if (others.Length >= 10 && others.Distinct(StringComparer.Ordinal).Count() * 4 <= others.Length)
            {
                fresh++;
            }
        }

        int words = first.Count(name => Words(name).Any(s_words.Contains));
        bool twice = first.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Any(group => group.Count() > 1);
        int yes = (3 * strange) + (2 * fresh) + (2 * words);
        int no = (3 * alike) + (2 * again) + (twice ? 1 : 0) + (first.Any(name => name is "NULL" or "N/A" or "\\N") ? 3 : 0);
        string evidence = string.Join("; ", Evidence(strange, alike, fresh, again, words, first.Length));
        bool value = yes >= no && (yes > 0 || alike == 0);

        // A value that never comes again may be a rare one: it says nothing for certain without a name or another kind.
        bool certain = value ? strange + words > 0 && yes >= 3 && no * 4 <= yes : no >= 3 && yes * 4 <= no;
        return new(value, certain, evidence, certain ? [] : [new(!value, "what the records hold does not rule it out")]);
    }

    private static IEnumerable<string> Evidence(int strange, int alike, int fresh, int again, int words, int of)
    {
        if (strange > 0)
        {
            yield return $"{CountText.Show(strange, "column")} hold{(strange == 1 ? "s" : "")} numbers, dates or addresses, but not in the first record";
        }

        if (alike > 0)
        {
            yield return $"in {CountText.Show(alike, "column")} the first record has a number, date or address as the others have";
        }

        if (fresh > 0)
        {
            yield return $"{CountText.Show(fresh, "column")} of few different values {(fresh == 1 ? "has" : "have")} one in the first record that never comes again";
        }

        if (again > 0)
        {
            yield return $"in {CountText.Show(again, "column")} the value of the first record comes again";
        }

        if (words > 0 || strange + alike + fresh + again == 0)
        {
            yield return $"{CountText.Show(words)} of {CountText.Show(of, "field")} of the first record {(words == 1 ? "has a word" : "have words")} that columns are named with";
        }
    }

    private static bool IsYear(string text) => text.Length == 4 && int.TryParse(text, CultureInfo.InvariantCulture, out int year) && year is >= 1900 and <= 2100;

    private static int Filled(string[] record) => record.Count(field => field.Length > 0);

    private static IEnumerable<string> Words(string name) => ColumnName.Words(name);
}
