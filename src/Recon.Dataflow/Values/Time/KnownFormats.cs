using System.Text;

namespace Recon.Dataflow.Values.Time;

/// <summary>The ways in which exports write dates, to find the one that fits values which a declared format refuses.</summary>
internal static class KnownFormats
{
    private const string Exchanged = "have day and month exchanged";

    // What an empty list of formats reads, as formats.
    private static readonly string[] s_iso = ["yyyy-M-d[ H:mm[:ss[.fff]]]K", "yyyy-M-dTH:mm[:ss[.fff]]K"];

    private static readonly string[] s_days =
    [
        "dd/MM/yyyy", "MM/dd/yyyy", "dd.MM.yyyy", "dd-MM-yyyy", "MM-dd-yyyy", "yyyyMMdd", "yyyy.MM.dd",
        "d/M/yyyy", "M/d/yyyy", "d.M.yyyy", "d-M-yyyy", "M-d-yyyy",
    ];

    private static readonly (string Part, string Digits)[] s_example =
    [
        ("yyyy", "2001"), ("MM", "04"), ("M", "4"), ("dd", "05"), ("d", "5"), ("HH", "10"), ("H", "10"), ("hh", "10"), ("h", "10"),
        ("mm", "07"), ("ss", "08"), ("fff", "009"), ("K", "Z"), ("tt", "AM"),
    ];

    // Those of a day alone first: of two that fit as well, the shorter one is proposed.
    private static readonly string[] s_all =
    [
        .. s_days,
        .. s_days.Select(day => day + "[ HH:mm[:ss]]"),
        .. s_days.Select(day => day + "[ H:mm[:ss]]"),
        .. s_days.Select(day => day + "[ h:mm[:ss] tt]"),
        "yyyyMMddHHmmss",
    ];

    /// <summary>The formats, the likelier first of those that read a value alike.</summary>
    public static IReadOnlyList<string> All => s_all;

    /// <summary>What an empty list of formats reads, to stand in a list beside others.</summary>
    public static IReadOnlyList<string> Iso => s_iso;

    /// <summary>Lists of formats to try in the stead of the declared one.</summary>
    /// <param name="declared">The declared formats; none for ISO 8601.</param>
    /// <param name="hasAccepted">Whether they read some of the values, which then must still be read.</param>
    /// <returns>The lists, and what is wrong with the values that were read, if a list reads them otherwise.</returns>
    public static IEnumerable<(IReadOnlyList<string> Formats, string? Misread)> InsteadOf(
        IReadOnlyList<string> declared, bool hasAccepted)
    {
        foreach (string format in s_all.Except(declared, StringComparer.Ordinal))
        {
            if (!hasAccepted)
            {
                yield return ([format], null);
                continue;
            }

            string[] kept = [.. declared.Where(other => !Contradicts(format, other))];
            yield return declared.Count == 0
                ? ([.. s_iso, format], null)
                : ([.. kept, format], kept.Length < declared.Count ? Exchanged : null);
        }

        if (declared.Count > 0)
        {
            yield return (hasAccepted ? [.. declared, .. s_iso] : [], null);
        }
    }

    /// <summary>The formats with day and month exchanged.</summary>
    /// <param name="declared">The declared formats; none for ISO 8601.</param>
    public static IReadOnlyList<string> Exchange(IReadOnlyList<string> declared) =>
    [
        .. (declared.Count == 0 ? s_iso : declared).Select(format => string.Concat(format.Select(part => part switch
        {
            'd' => 'M',
            'M' => 'd',
            _ => part,
        }))),
    ];

    // Whether a day that is written in one format is another day in the other.
    private static bool Contradicts(string format, string other)
    {
        string day = format.Split('[')[0];
        string whole = format.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
        TimeReader reader = new([other]);
        TimeReader own = new([format]);
        return ((string[])[day, whole]).Select(Example).Any(text =>
            reader.TryRead(text, out WallTime read) && own.TryRead(text, out WallTime meant) && read != meant);
    }

    private static byte[] Example(string format)
        => Encoding.UTF8.GetBytes(s_example.Aggregate(format, (text, part) => text.Replace(part.Part, part.Digits, StringComparison.Ordinal)));
}
