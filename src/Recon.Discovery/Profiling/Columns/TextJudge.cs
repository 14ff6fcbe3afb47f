using System.Text.RegularExpressions;
using Recon.Dataflow.Values.Text;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Ids, HTML and other texts.</summary>
internal static partial class TextJudge
{
    private const int LongestId = 64;
    private const double Unique = 0.98;
    private const double NearlyAllRecords = 0.9;
    private const double SomeHtml = 0.01;
    private const double SomeFractions = 0.02;
    private static readonly string[] s_idWords = ["id", "ids", "key", "code", "uuid", "guid", "no", "num", "nr", "numero", "numéro", "number", "ref", "reference", "référence", "matricule", "identifiant", "identifier", "nummer", "clé", "cle", "pk"];
    private static readonly string[] s_codeWords = ["zip", "zipcode", "postal", "postcode", "postalcode", "plz", "cp", "codepostal", "siret", "siren", "naf", "ape", "iban", "bic", "vat", "tva", "ean", "gtin", "isbn", "insee", "cap", "fax"];

    /// <summary>Whether the column's name is one of an id.</summary>
    public static bool IsNamedId(ColumnValues values)
        => !IsNamedCode(values) && (values.IsNamed(s_idWords) || values.Name.EndsWith("id", StringComparison.Ordinal) && values.Words is [{ Length: <= 12 }]);

    /// <summary>Whether the column's name is one of codes that are written with digits, such as postal codes.</summary>
    public static bool IsNamedCode(ColumnValues values) => values.IsNamed(s_codeWords) || (values.IsNamed("post") && values.IsNamed("code"));

    public static Judgement? Code(ColumnValues values, FileHabits habits)
    {
        if (!IsNamedCode(values) || !values.AreMost(values.Count(value => value.Text.Any(char.IsAsciiDigit) && value.Text.Length <= 40 && !value.Text.Contains('@', StringComparison.Ordinal))))
        {
            return null;
        }

        long digits = values.Count(value => value.Text.All(char.IsAsciiDigit));
        bool padded = NumberJudge.IsPadded(values);
        return new(
            padded || digits < values.Total
                ? new(ColumnKind.Text, true, $"they are codes: {(padded ? "some have zeros in front" : "some are no whole numbers")}", [])
                : new(ColumnKind.Text, false, "the column is named as codes are, such as postal ones", [new(ColumnKind.Integer, values.Say(digits, "whole numbers"))]),
            null);
    }

    public static Judgement? Id(ColumnValues values, FileHabits habits)
    {
        if (values.Uniqueness < Unique || values.Filled < NearlyAllRecords || values.Total < 2
            || !values.AreMost(values.Count(value => value.Text.Length <= LongestId && IdLike().IsMatch(value.Text))))
        {
            return null;
        }

        bool named = IsNamedId(values);
        long digits = values.Count(value => value.Text.All(character => char.IsAsciiDigit(character) || character is '.' or '-'));
        bool areDigits = values.AreMost(digits);
        long fractions = values.Count(value => Fraction().IsMatch(value.Text));
        bool hasDigits = values.AreMost(values.Count(value => value.Text.Any(char.IsAsciiDigit)));
        bool proper = named || values.AreMost(values.Count(value => Guid.TryParse(value.Text, out _)));
        if (fractions > values.Total * SomeFractions || !(proper || (values.Index == 0 && hasDigits)))
        {
            return null;
        }

        string evidence = $"{values.Say(values.Total, "short")}, {(values.Uniqueness >= 1 ? "no two" : "hardly any two")} the same, in {(int)Math.Round(Math.Min(values.Filled, 1) * 100)} % of the records";
        bool certain = proper || (values.Index == 0 && (IsRising(values) || !areDigits));
        return new(new(ColumnKind.Id, certain, evidence, certain ? [] : [new(areDigits ? ColumnKind.Integer : ColumnKind.Text, "the name does not tell")]), null);
    }

    public static Judgement? Html(ColumnValues values, FileHabits habits)
    {
        long tagged = values.Count(value => HasHtml(value.Text));
        if (tagged < 2 || tagged < values.Total * SomeHtml)
        {
            return null;
        }

        string evidence = values.Say(tagged, "texts with HTML tags or entities");
        bool certain = tagged * 2 > values.Total;
        OtherReading<ColumnKind>[] others = certain ? [] : [new(ColumnKind.Text, values.Say(values.Total - tagged, "plain texts"))];
        return new(new(ColumnKind.Html, certain, evidence, others), new(new HtmlDefinition(), certain, evidence, []));
    }

    public static Judgement Text(ColumnValues values)
        => new(new(ColumnKind.Text, true, values.Say(values.Total, "texts of no other kind"), []), null);

    private static bool HasHtml(string text)
    {
        if (Entity().IsMatch(text))
        {
            return true;
        }

        if (!text.Contains('<', StringComparison.Ordinal))
        {
            return false;
        }

        _ = HtmlTags.Simplify(text, out bool hasTags);
        return hasTags;
    }

    // Whole numbers that a database counted up.
    private static bool IsRising(ColumnValues values)
    {
        int rising = 0;
        long before = long.MinValue;
        int count = 0;
        foreach (ColumnValue value in values.Distinct)
        {
            if (long.TryParse(value.Text.Split('.')[0], out long number))
            {
                rising += number > before ? 1 : 0;
                before = number;
                count++;
            }
        }

        return count >= 3 && rising >= count * ColumnValues.Most;
    }

    [GeneratedRegex(@"^[\w\-./:#{}]+$", RegexOptions.CultureInvariant)]
    private static partial Regex IdLike();

    [GeneratedRegex(@"^-?\d+[.,]\d*[1-9]\d*$", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();

    [GeneratedRegex("&(?:amp|lt|gt|quot|apos|nbsp|eacute|egrave|agrave|ccedil|ecirc|#\\d{2,5}|#x[0-9a-fA-F]{2,5});", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();
}
