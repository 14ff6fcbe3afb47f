using System.Text.RegularExpressions;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Telephone numbers, and the region of those without a country code.</summary>
internal static partial class PhoneJudge
{
    // Each costs the library some microseconds for each region.
    private const int MostTried = 400;
    private const int LeastWithCode = 5;
    private const double MostShaped = 0.8;

    // Where most exports come from; of regions that read equally many, the first is proposed.
    private static readonly string[] s_regions = ["FR", "GB", "DE", "US", "ES", "IT", "BE", "CH", "NL", "PT", "AT", "PL", "LU", "IE", "CA", "SE", "DK", "NO"];

    private static readonly string[] s_words =
        ["phone", "tel", "tél", "telephone", "téléphone", "phonenumber", "mobile", "mobilephone", "mobil", "portable", "gsm", "fax", "telecopie", "télécopie", "telefon", "telefono", "teléfono", "handy", "cell", "cellphone", "landline", "fixe", "standard"];

    public static Judgement? Judge(ColumnValues values, FileHabits habits)
    {
        bool isNamed = values.IsNamed(s_words);
        long like = values.Count(value => IsLike(value.Text));
        if (like < values.Total * (isNamed ? 0.7 : ColumnValues.Most))
        {
            return null;
        }

        ColumnValue[] tried = [.. values.Distinct.Where(value => IsLike(value.Text)).Take(MostTried)];
        ColumnValue[] local = [.. tried.Where(value => !HasCode(value.Text))];
        long coded = values.Count(value => IsLike(value.Text) && HasCode(value.Text));
        if (!isNamed && !IsWrittenSo(values, tried))
        {
            return null;
        }

        List<Plan> plans = local.Length == 0 ? [] : [.. s_regions.Select(region => PlanOf(local, region)).OrderByDescending(plan => plan.Points)];
        if (!isNamed && local.Length > 0 && coded * 4 < like && plans[0].Points < 0.6)
        {
            return null;
        }

        string evidence = values.Say(like, "telephone numbers");
        Found<ColumnKind> kind = new(ColumnKind.Phone, isNamed || coded > 0 || like > 1, evidence, []);
        return new(kind, local.Length == 0
            ? new(new PhoneDefinition(), true, $"{evidence}, and all have a country code", [])
            : Region(tried, local, plans, $"{evidence}; {CountText.Show(values.Count(value => IsLike(value.Text) && !HasCode(value.Text)))} have no country code"));
    }

    private static Found<ConversionDefinition> Region(ColumnValue[] tried, ColumnValue[] local, List<Plan> plans, string evidence)
    {
        // Countries of the numbers that tell theirs.
        List<(string Region, int Count)> told =
        [
            .. tried.Where(value => value.Text.StartsWith('+')).Select(value => RegionOf(value.Text)).OfType<string>()
                .GroupBy(region => region).Select(group => (group.Key, group.Count())).OrderByDescending(region => region.Item2),
        ];
        bool isTold = told.Count > 0 && told[0].Count >= LeastWithCode && told[0].Count * 10 >= told.Sum(region => region.Count) * 9;
        Plan best = plans.Find(plan => isTold && plan.Region == told[0].Region) ?? plans[0];
        string more = $"{evidence}; of {CountText.Show(local.Length, "such number")} {Say(plans)}";
        more += told.Count > 0 ? $"; those with a country code are of {string.Join(", ", told.Take(3).Select(region => $"{region.Region} ({CountText.Show(region.Count)})"))}" : "";
        bool certain = isTold && best.Region == told[0].Region && best.Possible >= local.Length * ColumnValues.Most;
        return new(
            new PhoneDefinition { Region = best.Region },
            certain,
            more,
            certain ? [] : [.. plans.Where(plan => plan != best && plan.Points > best.Points / 2).Take(3).Select(plan => new OtherReading<ConversionDefinition>(new PhoneDefinition { Region = plan.Region }, $"{CountText.Show(plan.Valid)} of {CountText.Show(local.Length)} are valid in {plan.Region}"))]);
    }

    private static string Say(List<Plan> plans)
        => plans.Exists(plan => plan.Valid > 0)
            ? $"{string.Join(", ", plans.Where(plan => plan.Valid > 0).Take(4).Select(plan => $"{CountText.Show(plan.Valid)} are valid in {plan.Region}"))}"
            : "none is valid in a usual country";

    private static string? RegionOf(string number) => PhoneRegion.Of("+" + string.Concat(number.Where(char.IsAsciiDigit)));

    private static Plan PlanOf(ColumnValue[] local, string region)
    {
        IConversion conversion = new PhoneDefinition { Region = region }.Compile(new ConversionContext(new DefaultsDefinition(), "", false));
        Utf8Scratch scratch = new();
        int valid = 0;
        int possible = 0;
        int shaped = 0;
        foreach (ColumnValue value in local)
        {
            scratch.Reset();
            ConvertedValue converted = conversion.Convert(value.Utf8, scratch);
            possible += converted.Failed ? 0 : 1;
            valid += !converted.Failed && converted.Remark is null ? 1 : 0;
            shaped += Shape(region)?.IsMatch(value.Text) == true ? 1 : 0;
        }

        return new(region, valid, possible, ((double)valid / local.Length) + (Math.Min(shaped, possible) >= local.Length * MostShaped ? 1 : 0));
    }

    // How numbers are written in a country, also those that nobody has: made-up ones are of ranges without subscribers.
    private static Regex? Shape(string region) => region switch
    {
        "FR" => French(),
        "US" => American(),
        "GB" => British(),
        "ES" => Spanish(),
        "CH" => Swiss(),
        "DE" => German(),
        _ => null,
    };

    // Numbers, ids and amounts have digits, too: a plus, a zero in front or groups of digits make a telephone number.
    private static bool IsWrittenSo(ColumnValues values, ColumnValue[] tried)
        => tried.Length > 0 && tried.Count(value => value.Text[0] is '+' or '(' || value.Text.StartsWith('0') || Grouped().IsMatch(value.Text)) >= tried.Length * ColumnValues.Most
            && !values.IsNamed("siret", "siren", "iban", "vat", "tva", "ean", "gtin", "isbn", "id", "key");

    private static bool HasCode(string text) => text.StartsWith('+') || text.StartsWith("00", StringComparison.Ordinal) || text.StartsWith("(+", StringComparison.Ordinal);

    private static bool IsLike(string text)
    {
        if (text.Length > 40 || !Looks().IsMatch(text) || Decimal().IsMatch(text) || Day().IsMatch(text))
        {
            return false;
        }

        int digits = text.Count(char.IsAsciiDigit);
        return digits is >= 7 and <= 17;
    }

    /// <param name="Valid">Numbers that somebody may have there.</param>
    /// <param name="Possible">Numbers that are of the right length there.</param>
    /// <param name="Points">0 to 2: how well the numbers fit.</param>
    private sealed record Plan(string Region, int Valid, int Possible, double Points);

    [GeneratedRegex(@"^\p{L}{0,4}\.?:?\s?[+(]?[\d(][\d\s().\-/\u00A0\u202F]*(?:[\s,;./(-]*(?:extensi(?:on|ón)|e?xtn?|x|poste|int|#)[\s.:=#]*\d{1,6}\)?)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Looks();

    [GeneratedRegex(@"^\d+[.,]\d{1,9}$|^\d{1,3}([ .,\u00A0\u202F]\d{3})+([.,]\d{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](19|20)\d{2})", RegexOptions.CultureInvariant)]
    private static partial Regex Day();

    [GeneratedRegex(@"^\(?\d{2,5}\)?([ .\-/]+\d{2,5}){2,4}$|^\(\d{2,5}\) ?[\d\- ]{5,}$", RegexOptions.CultureInvariant)]
    private static partial Regex Grouped();

    [GeneratedRegex(@"^\(?0\d\)?([ .\-\u00A0\u202F]?\d\d){4}$", RegexOptions.CultureInvariant)]
    private static partial Regex French();

    [GeneratedRegex(@"^\(?[2-9]\d\d\)?[ .\-]?\d{3}[ .\-]?\d{4}", RegexOptions.CultureInvariant)]
    private static partial Regex American();

    [GeneratedRegex(@"^\(?(0[127]\d{9}|0\d{4}\)? \d{6}|0\d{3}\)? \d{3} \d{4}|02\d\)? \d{4} \d{4}|0\d{4}\)? \d{3} ?\d{3})$", RegexOptions.CultureInvariant)]
    private static partial Regex British();

    [GeneratedRegex(@"^[6-9]\d{2}[ .\-]?\d{2,3}[ .\-]?\d{2,3}([ .\-]?\d{2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Spanish();

    [GeneratedRegex(@"^\(?0[1-9]\d{1,4}\)?[ /\-]+\d{3,9}([ \-]\d{1,4})?$", RegexOptions.CultureInvariant)]
    private static partial Regex German();

    [GeneratedRegex(@"^\(?0\d\d\)?[ /]\d{3} \d\d \d\d$", RegexOptions.CultureInvariant)]
    private static partial Regex Swiss();
}
