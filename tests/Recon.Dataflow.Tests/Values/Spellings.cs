using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Values;

/// <summary>A value as one mirror holds it: a type of PostgreSQL, and the value in its binary form.</summary>
internal sealed record Spelling(MirrorType Type, byte[] Raw, string Shown)
{
    public override string ToString() => $"{Type} {Shown}";
}

/// <summary>Values of each kind of comparison, each in all spellings that legacy files, HubSpot and mirrors have for it.</summary>
internal static class Spellings
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;
    private static readonly DateTime s_postgres = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeZoneInfo s_paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");
    private static readonly string[] s_words = ["été", "Noël", "a", "B", "10 €", "l’œuvre", "각", "ạ\u0301", "x/y"];

    private static readonly Gen<string> s_word = Gen.Int[0, s_words.Length - 1].Select(index => s_words[index]);
    private static readonly Gen<string> s_label = Gen.Char['a', 'z'].Array[1, 12].Select(letters => new string(letters));

    /// <summary>By kind: a generator of values, each with its meaning (equal for equal values) and its spellings.</summary>
    public static IReadOnlyDictionary<string, Gen<(string Meaning, Spelling[] Spellings)>> ByKind { get; } =
        new Dictionary<string, Gen<(string, Spelling[])>>
        {
            ["text"] = s_word.Array[1, 4].Select(words => (string.Join('|', words), Texts(words, "\n", "\r\n", "\r"))),
            ["text-ignoring-whitespace"] = s_word.Array[1, 4].Select(words
                => (string.Join('|', words), Texts(words, " ", "\n", " \r\n\t", "\u00A0\u2003 "))),
            ["number"] = Gen.Int[-9_000_000, 9_000_000].Select(quarters => (quarters.ToString(s_invariant), Numbers(quarters / 4m))),
            ["boolean"] = Gen.Bool.Select(value => (value ? "true" : "false", Booleans(value))),
            ["date"] = Gen.Int[0, 25_000].Select(day => (day.ToString(s_invariant), Days(new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(day)))),
            ["datetime"] = Gen.Long[631_152_000_000, 2_840_140_800_000].Select(instant => (instant.ToString(s_invariant), Instants(instant))),
            ["enumeration"] = s_word.Select(word => (word, Plain(word, $" {word}\u200B", Apart(word)))),
            ["multi-select"] = s_word.Array[1, 4].Select(words => words.Distinct().Order(StringComparer.Ordinal).ToArray())
                .Select(words => (string.Join(';', words), Lists(words))),
            ["domain"] = s_label.Select(label => ($"{label}.fr", Plain(
                $"{label}.fr", $"https://www.{label}.fr/x?y", $"{label.ToUpperInvariant()}.FR:80", $"//{label}.fr.", $"\"{label}.fr\""))),
            ["url"] = s_label.Select(label => ($"{label}.fr", Plain(
                $"https://{label}.fr", $"http://{label.ToUpperInvariant()}.fr/", $"https://{label}.fr:443", $"{label}.fr", $"\"{label}.fr\""))),
            ["email"] = s_label.Select(label => ($"{label}@b.fr", Plain(
                $"{label}@b.fr", $" {label.ToUpperInvariant()}@B.fr", $"mailto:{label}@b.fr", $"<{label}@b.fr>", $"\"{label}@b.fr\""))),
            ["phone"] = Gen.Int[10_000_000, 99_999_999].Select(number => ($"{number}", Phones($"6{number}"))),
        };

    private static Spelling[] Texts(string[] words, params string[] gaps) =>
    [
        .. gaps.SelectMany(gap =>
        {
            string text = string.Join(gap, words);
            return Plain(text, $" {text}\r\n", Apart(text), text.Insert(1, "\u200B"), text.Replace(' ', '\u00A0'));
        }),
    ];

    private static Spelling[] Numbers(decimal value)
    {
        string digits = value.ToString("0.##", s_invariant);
        string grouped = Math.Abs(value).ToString("N2", s_invariant);
        string sign = value < 0 ? "-" : "";
        string french = grouped.Replace(',', '\u202F').Replace('.', ',');
        string german = grouped.Replace(',', '_').Replace('.', ',').Replace('_', '.');
        return
        [
            .. Plain(
                digits, value.ToString("000000000.0000", s_invariant), $"{(long)(value * 100)}E-2", $"{sign}${grouped}", $"{sign}{grouped}",
                $"{sign}{french} €", $"{sign}{german}", $"{sign}{grouped.Replace(',', '\'')}", $"\"{digits}\"",
                value < 0 ? $"({grouped})" : $"USD {grouped}"),
            .. Json(digits),
            Numeric(value, digits),
            Of(MirrorType.Float8, 8, bytes => BinaryPrimitives.WriteDoubleBigEndian(bytes, (double)value), digits),
            .. value == decimal.Truncate(value)
                ? new[] { Int8((long)value), Of(MirrorType.Int4, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, (int)value), digits) }
                : [],
        ];
    }

    private static Spelling[] Booleans(bool value) =>
    [
        .. value ? Plain("true", "TRUE", "t", "1", "yes", "Y", "on", "oui", "1.0") : Plain("false", "False", "f", "0", "no", "n", "off", "non", "0.0"),
        .. Json(value ? "true" : "false"),
        new(MirrorType.Boolean, [value ? (byte)1 : (byte)0], value.ToString()),
        Of(MirrorType.Int4, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, value ? 1 : 0), $"{value}"),
    ];

    private static Spelling[] Days(DateTime day)
    {
        DateTime local = TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(day, DateTimeKind.Unspecified), s_paris);
        string iso = day.ToString("yyyy-MM-dd", s_invariant);
        long milliseconds = new DateTimeOffset(day).ToUnixTimeMilliseconds();
        return
        [
            .. Plain(
                iso, day.ToString("yyyyMMdd", s_invariant), day.ToString("yyyy-M-d", s_invariant), $"{milliseconds}", $"{milliseconds}.0",
                $"{iso}T00:00:00Z", $"{iso} 00:00:00+00", $"{iso} 00:00:00 UTC", $"\"{iso}\"",
                local.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", s_invariant), local.AddHours(22).ToString("yyyy-MM-dd HH:mm:ss", s_invariant)),
            .. Json($"{milliseconds}"),
            Int8(milliseconds),
            Numeric(milliseconds, iso),
            Of(MirrorType.Int4, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, (day.Year * 10_000) + (day.Month * 100) + day.Day), iso),
            Of(MirrorType.Date, 4, bytes => BinaryPrimitives.WriteInt32BigEndian(bytes, (day - s_postgres).Days), iso),
            Timestamp(MirrorType.Timestamp, day, 0),
            Timestamp(MirrorType.TimestampTz, local.AddHours(13), 7),
        ];
    }

    private static Spelling[] Instants(long milliseconds)
    {
        DateTime utc = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime;
        string iso = utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", s_invariant);
        return
        [
            .. Plain(
                $"{iso}Z", $"{iso}", $"{iso}456Z", $"{iso.Replace('T', ' ')}+00", $"{iso} UTC", $"{milliseconds}", $"{milliseconds}.0", $"\"{iso}Z\"",
                $"{utc.AddHours(5.5).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", s_invariant)}+05:30",
                $"{utc.AddHours(-3).ToString("yyyy-M-d H:mm:ss.fff", s_invariant)} -0300"),
            .. Json($"{milliseconds}"),
            Int8(milliseconds),
            Numeric(milliseconds, iso),
            Of(MirrorType.Float8, 8, bytes => BinaryPrimitives.WriteDoubleBigEndian(bytes, milliseconds), iso),
            Timestamp(MirrorType.Timestamp, utc, 999),
            Timestamp(MirrorType.TimestampTz, utc, 0),
        ];
    }

    private static Spelling[] Lists(string[] words) => Plain(
        string.Join(';', words), $";{string.Join(';', words.Reverse())};", string.Join("; ", words.Concat(words)), Apart(string.Join(';', words)));

    private static Spelling[] Phones(string number) => Plain(
        $"+33{number}", $"0{number}", $"0{number[0]} {number[1..3]} {number[3..5]} {number[5..7]} {number[7..]}", $"+33 (0){number}",
        $"0{number[0]}.{number[1..3]}.{number[3..5]}.{number[5..7]}.{number[7..]}", $"0033{number}", $"33{number}", $"\"+33{number}\"");

    private static string Apart(string text) => text.Replace("é", "e\u0301", StringComparison.Ordinal)
        .Replace("ë", "e\u0308", StringComparison.Ordinal).Replace("ạ\u0301", "a\u0301\u0323", StringComparison.Ordinal)
        .Replace("각", "\u1100\u1161\u11A8", StringComparison.Ordinal);

    private static Spelling[] Plain(params string[] texts) =>
    [
        .. texts.Select(text => new Spelling(MirrorType.Text, Encoding.UTF8.GetBytes(text), text)),
        .. texts.Take(3).Select(text => new Spelling(MirrorType.Json, Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(text)), text)),
    ];

    private static Spelling[] Json(string literal) =>
    [
        new(MirrorType.Json, Encoding.UTF8.GetBytes($" {literal} "), literal),
        new(MirrorType.Jsonb, [1, .. Encoding.UTF8.GetBytes(literal)], literal),
        new(MirrorType.Jsonb, [1, .. Encoding.UTF8.GetBytes($"\"{literal}\"")], literal),
    ];

    private static Spelling Int8(long value) => Of(MirrorType.Int8, 8, bytes => BinaryPrimitives.WriteInt64BigEndian(bytes, value), $"{value}");

    private static Spelling Timestamp(MirrorType type, DateTime utc, int microseconds) => Of(
        type, 8, bytes => BinaryPrimitives.WriteInt64BigEndian(bytes, ((utc - s_postgres).Ticks / 10) + microseconds), $"{utc:O}");

    // Two groups of digits after the point, and as many before it as there are.
    private static Spelling Numeric(decimal value, string shown)
    {
        List<short> groups = [(short)(Math.Abs(value) % 1 * 10_000)];
        for (decimal whole = decimal.Truncate(Math.Abs(value)); whole > 0; whole = decimal.Truncate(whole / 10_000))
        {
            groups.Insert(0, (short)(whole % 10_000));
        }

        byte[] raw = new byte[8 + (groups.Count * 2)];
        short[] header = [(short)groups.Count, (short)(groups.Count - 2), value < 0 ? (short)0x4000 : (short)0, 4];
        foreach ((short word, int index) in header.Concat(groups).Select((word, index) => (word, index)))
        {
            BinaryPrimitives.WriteInt16BigEndian(raw.AsSpan(index * 2), word);
        }

        return new Spelling(MirrorType.Numeric, raw, shown);
    }

    private static Spelling Of(MirrorType type, int length, Action<byte[]> write, string shown)
    {
        byte[] raw = new byte[length];
        write(raw);
        return new Spelling(type, raw, shown);
    }
}
