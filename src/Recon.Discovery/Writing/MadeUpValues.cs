using System.Globalization;
using PhoneNumbers;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Writing;

/// <summary>
/// Values for the records of a test, as a file of the kind would write them. Made up: from the file come only values of what HubSpot compares as an
/// enumeration. A column with few values alone may hold names of people.
/// </summary>
internal static class MadeUpValues
{
    private static readonly string[] s_texts = ["Exemple A", "Exemple B"];

    /// <summary>The texts to try for a column, the better first.</summary>
    /// <param name="properties">What is made from it.</param>
    /// <param name="column">What it holds; null where that is not known.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<PropertyDefinition> properties, ColumnProfile? column, DefaultsDefinition defaults) =>
    [
        .. properties.SelectMany(property => property.Convert).SelectMany(step => Of(step, defaults))
            .Concat(column is { Kind.Value: ColumnKind.Enumeration } && properties.All(property => property.Comparison is EnumerationComparisonDefinition)
                ? column.Frequent.Select(each => each.Value).Take(2) : [])
            .Concat(properties.SelectMany(property => Of(property.Comparison)))
            .Concat(s_texts)
            .Distinct(StringComparer.Ordinal)
            .Take(8),
    ];

    /// <summary>A value of a property that HubSpot could hold in place of another one.</summary>
    public static IEnumerable<string> Others(PropertyDefinition property, string converted)
        => property.Convert.OfType<MapDefinition>().SelectMany(map => map.Values.Values).Append("Autre exemple").Append("4321").Append("2031-01-02")
            .Where(other => other.Length > 0 && other != converted);

    private static IEnumerable<string> Of(ConversionDefinition step, DefaultsDefinition defaults) => step switch
    {
        PhoneDefinition phone => Phones(phone.RegionFrom is null ? phone.Region ?? defaults.PhoneRegion : null),
        EmailDefinition => ["Ada.Exemple@Exemple.example"],
        DomainDefinition or UrlDefinition => ["https://www.Atelier-Exemple.example/accueil"],
        IntegerDefinition number => [Number(number, ""), "17"],
        NumberDefinition number => [Number(number, "50"), "17"],
        BooleanDefinition truth => [.. truth.TrueTexts.Take(1), .. truth.FalseTexts.Take(1)],
        DateDefinition date => Times(date.Formats),
        DatetimeDefinition time => Times(time.Formats),
        MapDefinition map => map.Values.Where(pair => pair.Value.Length > 0).Select(pair => pair.Key).Take(3),
        MultiSelectDefinition list => Lists(list),
        HtmlDefinition => ["<p>Exemple &amp; fils</p>"],
        DigitsDefinition => ["A-1234"],
        PadDefinition => ["75"],
        _ => [],
    };

    private static IEnumerable<string> Of(ComparisonDefinition comparison) => comparison switch
    {
        NumberComparisonDefinition => ["1234"],
        TimeComparisonDefinition => ["2031-05-04", "2031-05-04T09:30:00Z"],
        BooleanComparisonDefinition => ["true"],
        EmailComparisonDefinition => ["ada.exemple@exemple.example"],
        DomainComparisonDefinition => ["atelier-exemple.example"],
        UrlComparisonDefinition => ["https://www.atelier-exemple.example/accueil"],
        _ => [],
    };

    private static IEnumerable<string> Phones(string? region)
    {
        var numbers = PhoneNumberUtil.GetInstance();

        // Set aside for fiction; of other regions the library has an example.
        PhoneNumber? number = region is null or "FR" ? numbers.Parse("+33199001234", null) : numbers.GetExampleNumber(region);
        return number is null ? []
            : region is null ? [numbers.Format(number, PhoneNumberFormat.INTERNATIONAL)]
            : [numbers.Format(number, PhoneNumberFormat.NATIONAL), numbers.Format(number, PhoneNumberFormat.INTERNATIONAL)];
    }

    private static string Number(NumericDefinition number, string cents)
        => $"1{number.Group}234{(cents.Length == 0 ? "" : number.Point + cents)}";

    private static IEnumerable<string> Times(IReadOnlyList<string> formats)
    {
        DateTime example = new(2031, 5, 4, 9, 30, 0, DateTimeKind.Utc);
        return formats.Count == 0
            ? ["2031-05-04 09:30:00", "2031-05-04"]
            : formats.SelectMany(format => format switch
            {
                "epoch-milliseconds" => (string[])[new DateTimeOffset(example).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)],
                "epoch-seconds" => [new DateTimeOffset(example).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)],
                _ => [example.ToString(Format(format.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)), CultureInfo.InvariantCulture)],
            });
    }

    // A format of .NET: letters that are no part of a format, and separators that depend on a culture, are literals.
    private static string Format(string format)
    {
        string text = string.Concat(format.Select(character
            => character is '/' or ':' || (char.IsAsciiLetter(character) && !"yMdHhmsftK".Contains(character, StringComparison.Ordinal)) ? $"\\{character}" : $"{character}"));
        return text.Length == 1 ? "%" + text : text;
    }

    private static IEnumerable<string> Lists(MultiSelectDefinition list)
    {
        string[] values = [.. (list.Values?.Keys ?? ["exemple a", "exemple b"]).Take(2)];
        return [list.Separator + string.Join(list.Separator, values) + list.Separator, string.Join(list.Separator, values)];
    }
}
