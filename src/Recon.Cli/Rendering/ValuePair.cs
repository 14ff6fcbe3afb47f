using Recon.Dataflow.Text;

namespace Recon.Cli.Rendering;

/// <summary>What HubSpot holds and what it would hold, each in a few characters.</summary>
internal static class ValuePair
{
    private const int LeadLength = 6;

    public const string Nothing = "(nothing)";

    public static string Quoted(string value) => $"\"{value}\"";

    /// <summary>Cuts both, of long texts that begin alike to where they differ.</summary>
    /// <param name="quote">Whether values are quoted.</param>
    public static (string From, string To) Of(string? from, string? to, int length, bool mask, bool quote = false)
    {
        int alike = from is not null && to is not null ? from.AsSpan().CommonPrefixLength(to) : 0;
        int skipped = alike <= length / 2 || Math.Max(from!.Length, to!.Length) <= length ? 0 : alike - LeadLength;
        return (Shown(from), Shown(to));

        string Shown(string? value)
        {
            string? shown = mask ? Mask.Of(value) : value;
            if (shown is null)
            {
                return Nothing;
            }

            string cell = TextTable.Cell(skipped == 0 ? shown : "…" + shown[Math.Min(skipped, shown.Length)..], length);
            return quote ? Quoted(cell) : cell;
        }
    }
}
