using System.Buffers;
using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Names;

namespace Recon.Discovery.Proposing.Reading;

/// <summary>The ways in which a column of the file can be read: those that most of its values allow.</summary>
/// <param name="regions">Telephone regions that the mirror's numbers are of, the most frequent first.</param>
internal sealed class ColumnReadings(ConversionContext context, IReadOnlyList<string> regions)
{
    private const int MostProbed = 300;
    private const double MostOf = 0.6;
    private const int FewValues = 6;

    /// <summary>Zones that are tried for times without offset.</summary>
    public static IReadOnlyList<string> Zones { get; } = ["UTC", "Europe/Paris", "Europe/London", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Asia/Tokyo"];
    private static readonly double[] s_scales = [1000, 0.001, 100, 0.01, 1_000_000];
    private static readonly (string True, string False)[] s_truths = [("o", "n"), ("x", "-"), ("-1", "0"), ("actif", "inactif"), ("active", "inactive"), ("ja", "nein"), ("enabled", "disabled")];
    private static readonly SearchValues<char> s_phone = SearchValues.Create("0123456789+()./-_ \u00A0\u202F");

    /// <param name="column">As the profile has it.</param>
    /// <param name="values">Values of it, blanks left out.</param>
    /// <param name="name">What its name means.</param>
    public IReadOnlyList<ColumnReading> Of(ColumnProfile column, ColumnName name, IReadOnlyList<byte[]> values)
    {
        byte[][] probed = values.Count <= MostProbed ? [.. values] : [.. Enumerable.Range(0, MostProbed).Select(at => values[(int)((long)at * values.Count / MostProbed)])];
        if (probed.Length == 0)
        {
            return [];
        }

        string[] texts = [.. probed.Select(Encoding.UTF8.GetString)];
        List<ColumnReading> readings =
        [
            new([], new TextComparisonDefinition(), 0),
            new([], new TextIgnoringWhitespaceComparisonDefinition(), 1),
        ];
        readings.AddRange(Letters(texts));
        readings.AddRange(Fitting(probed, Web(texts)));
        readings.AddRange(Fitting(probed, Phones(texts)));
        readings.AddRange(Numbers(column, name, texts, probed));
        readings.AddRange(Fitting(probed, Truths(texts)));
        readings.AddRange(Times(column, texts, probed));
        readings.AddRange(Lists(texts));
        readings.AddRange(Digits(texts));
        return readings;
    }

    /// <summary>What a column without values could become by the type of the mirror's column.</summary>
    public static IReadOnlyList<ColumnReading> ByType(MirrorType type) => type switch
    {
        MirrorType.Boolean => [new([new BooleanDefinition()], new BooleanComparisonDefinition(), 2)],
        MirrorType.Date => [new([new DateDefinition()], new DateComparisonDefinition(), 2)],
        MirrorType.Timestamp or MirrorType.TimestampTz => [new([new DatetimeDefinition()], new DatetimeComparisonDefinition(), 2)],
        _ when type.IsNumber() => [new([new NumberDefinition()], new NumberComparisonDefinition(), 2)],
        _ => [new([], new TextComparisonDefinition(), 0)],
    };

    private static IEnumerable<ColumnReading> Letters(string[] texts)
    {
        var text = new TextComparisonDefinition();
        if (texts.Any(value => value.Contains('<', StringComparison.Ordinal) || value.Contains('&', StringComparison.Ordinal)))
        {
            yield return new([new HtmlDefinition()], text, 3);
            yield return new([new HtmlDefinition()], new TextIgnoringWhitespaceComparisonDefinition(), 4);
        }

        if (!texts.Any(value => value.Any(char.IsLetter)))
        {
            yield break;
        }

        yield return new([new UpperDefinition()], text, 5) { ChangesLetters = true };
        yield return new([new LowerDefinition()], text, 5) { ChangesLetters = true };
        yield return new([new TitleDefinition()], text, 5) { ChangesLetters = true };
        if (texts.Any(value => !Ascii.IsValid(value)))
        {
            yield return new([new NormalizeDefinition { RemoveAccents = true }], text, 6) { ChangesLetters = true };
            yield return new([new NormalizeDefinition { RemoveAccents = true }, new UpperDefinition()], text, 7) { ChangesLetters = true };
            yield return new([new NormalizeDefinition { RemoveAccents = true, FoldCase = true }], text, 7) { ChangesLetters = true };
        }
    }

    private static IEnumerable<ColumnReading> Web(string[] texts)
    {
        if (texts.Count(text => text.Contains('@', StringComparison.Ordinal)) >= texts.Length * MostOf)
        {
            yield return new([new EmailDefinition()], new EmailComparisonDefinition(), -1) { IsUsual = true };
        }

        if (texts.Count(text => text.Contains('.', StringComparison.Ordinal) && text.Any(char.IsLetter)) >= texts.Length * MostOf)
        {
            yield return new([new DomainDefinition()], new DomainComparisonDefinition(), 0);
            yield return new([new UrlDefinition()], new UrlComparisonDefinition(), -1);
        }
    }

    private IEnumerable<ColumnReading> Phones(string[] texts)
    {
        // Days and plain numbers could be dialled, too: only digits of a usual count, or with signs of numbers, are phones.
        int phones = texts.Count(text => text.Length is >= 6 and <= 40
            && text.Count(char.IsAsciiDigit) is >= 6 and <= 17
            && (text.AsSpan().IndexOfAnyExcept(s_phone) < 0 || text.Count(char.IsLetter) <= 8));
        if (phones < texts.Length * MostOf)
        {
            yield break;
        }

        string usual = context.Defaults.PhoneRegion;
        foreach (string region in regions.Prepend(usual).Distinct(StringComparer.Ordinal))
        {
            string? named = region == usual ? null : region;
            yield return new([new PhoneDefinition { Region = named }], new PhoneComparisonDefinition { Region = named }, named is null ? -1 : 3) { IsUsual = named is null };
        }
    }

    private IEnumerable<ColumnReading> Numbers(ColumnProfile column, ColumnName name, string[] texts, byte[][] probed)
    {
        if (texts.Count(text => text.Any(char.IsAsciiDigit) && text.Count(char.IsLetter) <= 4) < texts.Length * MostOf)
        {
            yield break;
        }

        IEnumerable<NumericDefinition> declared = Declared(column).OfType<NumericDefinition>();
        IEnumerable<NumericDefinition> cultures = Enum.GetValues<NumberCulture>()
            .SelectMany(culture => (NumericDefinition[])[new NumberDefinition { Culture = culture }, new NumberDefinition { Culture = culture, Currency = ["€", "EUR", "$", "USD", "£", "GBP", "CHF", "K€", "k€", "%"] }]);
        List<NumericDefinition> kept = [];
        HashSet<string> results = [];
        foreach (NumericDefinition number in declared.Concat(cultures))
        {
            (double share, string made) = Try(probed, number);
            if (share >= MostOf && results.Add(made))
            {
                kept.Add(number);
            }
        }

        bool isWhole = column.Kind.Value is ColumnKind.Integer or ColumnKind.Id or ColumnKind.Enumeration && Try(probed, new IntegerDefinition()).Share > 0.999;
        // Numbers are compared as numbers, unless a zero in front or the name says that they are texts of digits.
        bool areTexts = name.Concepts.Any(Lexicon.DigitTexts.Contains) || texts.Any(text => text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]));
        int cost = areTexts ? 6 : -1;
        foreach (NumericDefinition number in kept)
        {
            NumericDefinition named = isWhole && number is NumberDefinition { Culture: NumberCulture.Invariant, Currency.Count: 2 } ? new IntegerDefinition() : number;
            yield return new([named], new NumberComparisonDefinition(), cost) { IsUsual = cost < 0 };
            foreach (double scale in s_scales)
            {
                yield return new([number with { Scale = scale }], new NumberComparisonDefinition(), cost + 20);
            }

            cost++;
        }
    }

    private static IEnumerable<ColumnReading> Truths(string[] texts)
    {
        if (texts.Distinct(StringComparer.OrdinalIgnoreCase).Take(FewValues).Count() > 4)
        {
            yield break;
        }

        yield return new([new BooleanDefinition()], new BooleanComparisonDefinition(), -1);
        foreach ((string yes, string no) in s_truths)
        {
            var usual = new BooleanDefinition();
            yield return new(
                [new BooleanDefinition { TrueTexts = [.. usual.TrueTexts.Append(yes).Except([no])], FalseTexts = [.. usual.FalseTexts.Append(no).Except([yes])] }],
                new BooleanComparisonDefinition(),
                3);
        }
    }

    private IEnumerable<ColumnReading> Times(ColumnProfile column, string[] texts, byte[][] probed)
    {
        if (texts.Count(text => text.Count(char.IsAsciiDigit) >= 4) < texts.Length * MostOf)
        {
            yield break;
        }

        HashSet<string> days = [];
        HashSet<string> instants = [];
        int cost = -3;
        foreach (IReadOnlyList<string> formats in Formats(column))
        {
            var day = new DateDefinition { Formats = formats };
            (double share, string made) = Try(probed, day);
            if (share < MostOf || (made.Length > 0 && !days.Add(made)))
            {
                continue;
            }

            yield return new([day], new DateComparisonDefinition(), cost + 1);
            foreach (string zone in Zones)
            {
                string? named = zone == context.Defaults.TimeZone ? null : zone;
                var instant = new DatetimeDefinition { Formats = formats, Zone = named };
                if (instants.Add(Try(probed, instant).Made))
                {
                    yield return new([instant], new DatetimeComparisonDefinition(), cost + (named is null ? 0 : zone == "UTC" ? 2 : 4));
                }
            }

            cost += 2;
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Formats(ColumnProfile column)
    {
        foreach (ConversionDefinition declared in Declared(column))
        {
            if (declared is DateDefinition { Formats: var days })
            {
                yield return days;
            }
            else if (declared is DatetimeDefinition { Formats: var times })
            {
                yield return times;
            }
        }

        yield return [];
        foreach ((IReadOnlyList<string> formats, _) in KnownFormats.InsteadOf([], hasAccepted: false))
        {
            yield return formats;
        }

        yield return ["epoch-milliseconds"];
        yield return ["epoch-seconds"];
    }

    private static IEnumerable<ColumnReading> Lists(string[] texts)
    {
        foreach (string separator in (string[])[",", ";", "|", "/"])
        {
            string[][] parts = [.. texts.Select(text => text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            int several = parts.Count(items => items.Length > 1);
            if (several >= Math.Max(2, texts.Length * 0.1) && parts.SelectMany(items => items).Distinct(StringComparer.Ordinal).Count() is var distinct
                && distinct <= 60 && distinct * 3 <= parts.Sum(items => items.Length))
            {
                yield return new([new MultiSelectDefinition { Separator = separator }], new MultiSelectComparisonDefinition(), 2);
            }
        }
    }

    private static IEnumerable<ColumnReading> Digits(string[] texts)
    {
        if (texts.Count(text => text.Count(char.IsAsciiDigit) >= Math.Max(4, text.Length / 2)) < texts.Length * MostOf)
        {
            yield break;
        }

        if (texts.Any(text => text.Any(character => !char.IsAsciiDigit(character))))
        {
            yield return new([new DigitsDefinition()], new TextComparisonDefinition(), 8);
        }

        int longest = texts.Max(text => text.Length);
        if (longest <= 20 && texts.All(text => text.All(char.IsAsciiDigit)) && texts.Any(text => text.Length < longest))
        {
            yield return new([new PadDefinition { Length = longest }], new TextComparisonDefinition(), 8);
        }
    }

    private static IEnumerable<ConversionDefinition> Declared(ColumnProfile column)
        => column.Conversion is { } found ? found.Others.Select(other => other.Value).Prepend(found.Value) : [];

    private IEnumerable<ColumnReading> Fitting(byte[][] probed, IEnumerable<ColumnReading> readings)
    {
        HashSet<string> results = [];
        foreach (ColumnReading reading in readings)
        {
            (double share, string made) = Try(probed, reading.Convert[0]);
            if (share >= MostOf && results.Add($"{reading.Compare.Kind} {made}"))
            {
                yield return reading;
            }
        }
    }

    // How many of the values a conversion reads, and what it makes of them: two that make the same are one.
    private (double Share, string Made) Try(byte[][] probed, ConversionDefinition conversion)
    {
        ConversionChain chain;
        try
        {
            chain = ConversionChain.Compile([conversion], context);
        }
        catch (ConversionSetupException)
        {
            return (0, "");
        }

        var scratch = new Utf8Scratch();
        var made = new System.IO.Hashing.XxHash3();
        int read = 0;
        foreach (byte[] value in probed)
        {
            scratch.Reset();
            ConvertedValue converted = chain.Convert(value, scratch);
            made.Append(converted.Failed ? "?"u8 : converted.Text);
            made.Append("\n"u8);
            read += converted.Failed || converted.IsNull ? 0 : 1;
        }

        return (read / (double)probed.Length, read == 0 ? "" : Convert.ToHexString(made.GetCurrentHash()));
    }
}
