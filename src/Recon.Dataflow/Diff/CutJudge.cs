using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Diff;

/// <summary>What a text that differs from HubSpot's is: cut, suspicious, or another text.</summary>
/// <param name="Length">The length at which it was cut.</param>
/// <param name="IsSuspicious">Whether HubSpot's text begins with it, which nothing else explains.</param>
internal readonly record struct CutVerdict(TextLength? Length, bool IsSuspicious);

/// <summary>Recognises legacy texts that are the cut beginning of HubSpot's, compared as the property compares.</summary>
internal sealed class CutJudge(ReconciliationPlan plan, Utf8Scratch scratch)
{
    // How far from the end a character reference can begin: &thetasym; and longer ones are not written.
    private const int LongestReference = 10;

    /// <summary>Judges two texts that differ in meaning and are not blank.</summary>
    public CutVerdict Judge(in ValuePair value)
    {
        PropertyPlan property = value.Property;
        ReadOnlySpan<byte> raw = value.Raw;
        ReadOnlySpan<byte> text = value.Text;
        ReadOnlySpan<byte> hubspot = value.Read;
        if (property.Text is not { } comparison || raw.IsEmpty)
        {
            return default;
        }

        TextBeginning beginning = comparison.Begins(text, hubspot, scratch);
        if (beginning.Kind == BeginningKind.Whole && value.Remark == ValueRemarks.Truncated)
        {
            return new CutVerdict(new TextLength(TextLengths.Of(text).Units, TextMeasure.Units), false);
        }

        int column = LastColumn(value.Batch, value.Row, property);
        ReadOnlySpan<byte> field = value.Batch.Field(value.Row, column);
        TextLength? cut = value.Batch.CutAt(value.Row, column) is { } mark && (!mark.EndsInSpace || beginning.Kind != BeginningKind.Whole || beginning.Blanks > 0)
            ? mark.Length : null;
        if (beginning.Kind == BeginningKind.Whole)
        {
            cut ??= plan.Cuts.Find(column, field, beginning.Blanks, beginning.Next);
            return new CutVerdict(cut, cut is null && HasLetter(text));
        }

        cut ??= field.Length >= plan.Cuts.Least(column) ? plan.Cuts.Find(column, field) : null;
        if (cut is null)
        {
            bool isTorn = beginning.Kind == BeginningKind.Torn && text.EndsWith("\uFFFD"u8);
            return new CutVerdict(null, isTorn || IsWholeButForItsEnd(property, comparison, raw, hubspot));
        }

        return beginning.Kind == BeginningKind.Torn || BeginsOtherwise(property, comparison, raw, text, hubspot)
            || IsWholeButForItsEnd(property, comparison, raw, hubspot)
            ? new CutVerdict(cut, false) : default;
    }

    // The cut may have fallen into the last tag, behind all of the text.
    private bool IsWholeButForItsEnd(PropertyPlan property, TextComparison comparison, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> hubspot)
        => Untorn(raw) is var whole && whole.Length < raw.Length && Convert(property, whole) is { IsEmpty: false } shorter
            && (comparison.AreEqual(shorter, hubspot, scratch)
                || (property.Reader.Chain.Steps.Any() && comparison.AreEqual(shorter, Convert(property, hubspot), scratch)));

    // A text of the right length need not be HubSpot's beginning to the letter: the cut may have torn a tag, and HubSpot's
    // text may be what the conversions read.
    private bool BeginsOtherwise(
        PropertyPlan property, TextComparison comparison, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text, ReadOnlySpan<byte> hubspot)
    {
        ReadOnlySpan<byte> whole = Untorn(raw);
        ReadOnlySpan<byte> shorter = whole.Length == raw.Length ? text : Convert(property, whole);
        if (shorter.IsEmpty)
        {
            return false;
        }

        return (whole.Length < raw.Length && comparison.Begins(shorter, hubspot, scratch).Kind == BeginningKind.Whole)
            || (property.Reader.Chain.Steps.Any() && Convert(property, hubspot) is { IsEmpty: false } converted
                && (comparison.Begins(text, converted, scratch).Kind != BeginningKind.None
                    || comparison.Begins(shorter, converted, scratch).Kind != BeginningKind.None));
    }

    private ReadOnlySpan<byte> Convert(PropertyPlan property, ReadOnlySpan<byte> raw)
        => property.Reader.Chain.Convert(raw, scratch) is { Failed: false } converted ? converted.Text : default;

    /// <summary>The text without a tag or character reference that is not closed.</summary>
    private static ReadOnlySpan<byte> Untorn(ReadOnlySpan<byte> raw)
    {
        int open = raw.LastIndexOf((byte)'<');
        if (open >= 0 && raw[open..].IndexOf((byte)'>') < 0)
        {
            return raw[..open];
        }

        int tail = Math.Max(0, raw.Length - LongestReference);
        int reference = raw[tail..].LastIndexOf((byte)'&');
        return reference >= 0 && raw[(tail + reference)..].IndexOf((byte)';') < 0 ? raw[..(tail + reference)] : raw;
    }

    /// <summary>The column that the end of the value is from.</summary>
    private static int LastColumn(RecordBatch batch, int row, PropertyPlan property)
    {
        int last = property.Columns.Length - 1;
        while (last > 0 && batch.Field(row, property.Columns[last]).IsEmpty)
        {
            last--;
        }

        return property.Columns[last];
    }

    // Of numbers one is often the beginning of another.
    private static bool HasLetter(ReadOnlySpan<byte> text)
        => text.ContainsAnyInRange((byte)'a', (byte)'z') || text.ContainsAnyInRange((byte)'A', (byte)'Z') || text.ContainsAnyInRange((byte)0x80, (byte)0xFF);
}
