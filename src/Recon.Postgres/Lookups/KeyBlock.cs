using System.Text.RegularExpressions;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Web;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>
/// A coarse form of keys that SQL can compute and an index can hold: a query asks by it, and each row that comes back is
/// compared by its exact key. Every expression is immutable and the same in all collations.
/// </summary>
/// <param name="Sql">The block of a mirror column.</param>
/// <param name="Of">The same of a text; <see langword="null"/> where equal keys have equal blocks by their making.</param>
/// <param name="Asked">The blocks that values with a key can have.</param>
internal sealed partial record KeyBlock(
    Func<SqlText, SqlText> Sql, Func<string, string>? Of, Func<string, IEnumerable<string>> Asked)
{
    // The end of a number in all its spellings: what stands before it varies by country code and trunk prefix.
    private const int PhoneTail = 7;
    private const int LongestCountryCode = 3;

    // Scripts without upper and lower case are kept; of others the ASCII letters, whose case is the same everywhere.
    private const string NoText = @"[^0-9A-Za-z\u0590-\u0FFF\u1100-\u11FF\u2E80-\uA4CF\uAC00-\uD7A3]+";
    private const string NoEmail = "^[^0-9A-Za-z]*[Mm][Aa][Ii][Ll][Tt][Oo]:|[^0-9A-Za-z]+";
    private const string Host = "^[^0-9A-Za-z/]*(?:[A-Za-z][0-9A-Za-z+.-]*://|//)?(?:[^/?#]*@)?([^/?#:]*)";
    private const string NoHost = "[^0-9A-Za-z]+";
    private const string Www = "^(www)+";
    private const string Phone = "[0-9][^A-Za-z#;,]*";
    private const string NoDigits = "[^0-9]+";

    public static KeyBlock Text { get; } = new(
        key => SqlText.Of($"lower(regexp_replace({key}, {new SqlLiteral(NoText)}, '', 'g') collate \"C\")"),
        TextOf,
        key => Spellings(key).Select(TextOf));

    public static KeyBlock Email { get; } = new(
        key => SqlText.Of($"lower(regexp_replace({key}, {new SqlLiteral(NoEmail)}, '', 'g') collate \"C\")"),
        EmailOf,
        key => Spellings(key).Select(EmailOf));

    public static KeyBlock Domain { get; } = new(
        key => SqlText.Of(
            $"regexp_replace(lower(regexp_replace(substring({key} from {new SqlLiteral(Host)}), {new SqlLiteral(NoHost)}, '', 'g') collate \"C\"), {new SqlLiteral(Www)}, '')"),
        DomainOf,
        key => Spellings(key).Select(DomainOf));

    public static KeyBlock PhoneNumber { get; } = new(
        key => SqlText.Of(
            $"right(regexp_replace(substring({key} from {new SqlLiteral(Phone)}), {new SqlLiteral(NoDigits)}, '', 'g'), {PhoneTail})"),
        PhoneOf,
        PhonesAsked);

    public static KeyBlock Digits { get; } = new(
        key => SqlText.Of($"regexp_replace({key}, {new SqlLiteral(NoDigits)}, '', 'g')"), null, key => [key]);

    /// <summary>The block of what conversions make.</summary>
    /// <returns>The block; <see langword="null"/> when SQL cannot tell which values the conversions make equal.</returns>
    public static KeyBlock? For(IReadOnlyList<ConversionDefinition> steps)
    {
        ConversionDefinition[] telling = [.. steps.Where(step => step is not (TrimDefinition or CollapseDefinition or LowerDefinition
            or UpperDefinition or TitleDefinition or NormalizeDefinition { RemoveAccents: false }))];
        return telling.Length == 0 ? Text
            : telling.All(step => step is EmailDefinition) ? Email
            : telling.All(step => step is DomainDefinition or UrlDefinition) ? Domain
            : telling.All(step => step is PhoneDefinition) ? PhoneNumber
            : telling.All(step => step is DigitsDefinition) ? Digits
            : null;
    }

    /// <summary>A key in both forms that Unicode has for it.</summary>
    public static IEnumerable<string> Spellings(string key)
    {
        yield return key;
        if (!System.Text.Ascii.IsValid(key))
        {
            string other = KeyRule.Decomposed(key);
            if (other != key)
            {
                yield return other;
            }
        }
    }

    private static string TextOf(string value) => NoTextPattern().Replace(value, "").ToLowerInvariant();

    private static string EmailOf(string value) => NoEmailPattern().Replace(value, "").ToLowerInvariant();

    private static string DomainOf(string value)
        => WwwPattern().Replace(NoHostPattern().Replace(HostPattern().Match(value).Groups[1].Value, "").ToLowerInvariant(), "");

    private static string PhoneOf(string value) => Tail(NoDigitsPattern().Replace(PhonePattern().Match(value).Value, ""));

    // Country code and number run together in E.164: a short number may stand in the mirror without the code, or with a
    // trunk prefix in its stead.
    private static IEnumerable<string> PhonesAsked(string key)
    {
        string digits = NoDigitsPattern().Replace(PhonePattern().Match(key).Value, "");
        yield return Tail(digits);
        for (int code = 1; code <= LongestCountryCode && code < digits.Length; code++)
        {
            string national = digits[code..];
            if (national.Length < PhoneTail)
            {
                yield return national;
                yield return $"0{national}";
            }
        }
    }

    private static string Tail(string digits) => digits.Length > PhoneTail ? digits[^PhoneTail..] : digits;

    [GeneratedRegex(NoText, RegexOptions.CultureInvariant)]
    private static partial Regex NoTextPattern();

    [GeneratedRegex(NoEmail, RegexOptions.CultureInvariant)]
    private static partial Regex NoEmailPattern();

    [GeneratedRegex(Host, RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex(NoHost, RegexOptions.CultureInvariant)]
    private static partial Regex NoHostPattern();

    [GeneratedRegex(Www, RegexOptions.CultureInvariant)]
    private static partial Regex WwwPattern();

    [GeneratedRegex(Phone, RegexOptions.CultureInvariant)]
    private static partial Regex PhonePattern();

    [GeneratedRegex(NoDigits, RegexOptions.CultureInvariant)]
    private static partial Regex NoDigitsPattern();
}
