using System.Buffers;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Batches;

/// <summary>
/// The canonical form of legacy ids. Only what is certain is tidied: an id must never become another record's.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>text</c>: white space and invisible characters around the id are removed, nothing else.</item>
/// <item><c>number</c>: the same, and a tail of a point and zeros (<c>.0</c>, <c>.00</c>) after digits. What is left must be
/// ASCII digits only. Leading zeros stay: <c>00123</c> and <c>123</c> are different ids, also where the mirror's column is a
/// number and can hold only one of them.</item>
/// </list>
/// </remarks>
internal static class LegacyId
{
    /// <summary>The longest id, in bytes of UTF-8: even twice as long it fits an index of PostgreSQL, which takes some 2,700 bytes.</summary>
    public const int MostBytes = 1_024;

    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789"u8);

    /// <summary>Makes an id canonical. Doing it twice changes nothing more.</summary>
    /// <param name="raw">The id as the file has it, valid UTF-8.</param>
    /// <param name="canonical">The canonical id, a slice of <paramref name="raw"/>; empty when there is none.</param>
    /// <param name="why">
    /// What is wrong with it, for people, without the id itself; <see langword="null"/> when it is good or empty.
    /// </param>
    /// <returns>
    /// Whether there is a canonical id. When not, an empty <paramref name="raw"/> (after trimming) is
    /// <see cref="RejectReasons.IdMissing"/> (<paramref name="why"/> is null), anything else
    /// <see cref="RejectReasons.IdMalformed"/>.
    /// </returns>
    public static bool TryCanonicalise(
        ReadOnlySpan<byte> raw, IdType type, out ReadOnlySpan<byte> canonical, out string? why)
    {
        canonical = Utf8WhiteSpace.Trim(raw);
        why = null;
        if (canonical.IsEmpty)
        {
            return false;
        }

        if (canonical.Length > MostBytes)
        {
            why = $"it is longer than {MostBytes:N0} bytes";
            canonical = [];
            return false;
        }

        if (type == IdType.Text)
        {
            return true;
        }

        int other = canonical.IndexOfAnyExcept(s_digits);
        if (other < 0)
        {
            return true;
        }

        if (other > 0 && canonical[other] == (byte)'.' && canonical.Length > other + 1
            && !canonical[(other + 1)..].ContainsAnyExcept((byte)'0'))
        {
            canonical = canonical[..other];
            return true;
        }

        why = Explain(canonical);
        canonical = [];
        return false;
    }

    private static string Explain(ReadOnlySpan<byte> id)
    {
        string text = System.Text.Encoding.UTF8.GetString(id.Length > 256 ? id[..256] : id);
        if (text.Any(character => char.IsDigit(character) && !char.IsAsciiDigit(character)))
        {
            return "it has digits that are not ASCII (full-width or of another script)";
        }

        if (text[0] is '-' or '+' or '\u2212' && text.Skip(1).All(char.IsAsciiDigit))
        {
            return "it has a sign";
        }

        if (text.Contains('e', StringComparison.OrdinalIgnoreCase)
            && text.All(character => char.IsAsciiDigit(character) || character is 'e' or 'E' or '.' or ',' or '+' or '-'))
        {
            return "it is in scientific notation, so a spreadsheet has rounded it; export the column again as text";
        }

        if (text.All(character => char.IsAsciiDigit(character) || character is '.' or ',' or '\'' or ' ' or '\u00A0' or '\u202F'))
        {
            return "it has separators or a fraction between its digits";
        }

        return "it has characters that are not digits; if ids of this file are texts, say \"idType\": \"text\"";
    }
}
