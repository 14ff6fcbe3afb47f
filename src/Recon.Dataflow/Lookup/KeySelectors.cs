using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>Fills in which row of a batch asks for which key.</summary>
internal delegate void KeySelector(RecordBatch batch, BatchKeys keys);

/// <summary>Which row asks for which key, by role. Every kind of lookup, and every explanation, takes its keys from here.</summary>
internal static class KeySelectors
{
    /// <summary>Makes the selector of a lookup.</summary>
    /// <param name="context">Defaults and folder, for the conversions of fallback keys.</param>
    /// <param name="keyType">The type of the mirror's key column: ids of <c>uuid</c> columns are written in its one way.</param>
    public static KeySelector For(
        ReconciliationPlan plan, ConversionContext context, int index, MirrorType keyType = MirrorType.Text)
    {
        ValidLookup lookup = plan.Definition.Lookups[index];
        return lookup.Role switch
        {
            LookupRole.Match => LegacyIds(plan.IdColumn, lookup.IdForm, keyType),
            LookupRole.Parent => Parents(plan.Columns.Source.IndexOf(lookup.From), lookup, keyType),
            _ => Fallbacks(lookup, plan, context, index),
        };
    }

    // Every row asks for its legacy id, which the reader has made canonical.
    private static KeySelector LegacyIds(int column, IdForm form, MirrorType keyType) => (batch, keys) =>
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            Ask(keys, row, batch.Field(row, column), form, keyType);
        }
    };

    // Every row asks for its parent's id; empty and malformed ids ask for nothing.
    private static KeySelector Parents(int column, ValidLookup lookup, MirrorType keyType) => (batch, keys) =>
    {
        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<byte> raw = batch.Field(row, column);
            if (!raw.IsEmpty && lookup.TryReadId(raw, out ReadOnlySpan<byte> id, out _))
            {
                Ask(keys, row, id, lookup.IdForm, keyType);
            }
        }
    };

    // Rows that no earlier lookup found ask for their converted first key.
    private static KeySelector Fallbacks(
        ValidLookup lookup, ReconciliationPlan plan, ConversionContext context, int index)
    {
        MatchKeyDefinition first = lookup.On[0];
        int column = plan.Columns.Source.IndexOf(first.Column);
        ConversionChain chain = ConversionChain.Compile(FallbackKey.Steps(first), context);
        var earlier = new RecordMatcher(plan.Definition.Lookups.Take(index));
        return (batch, keys) =>
        {
            var scratch = new Utf8Scratch();
            for (int row = 0; row < batch.RowCount; row++)
            {
                ReadOnlySpan<byte> raw = batch.Field(row, column);
                if (raw.IsEmpty || earlier.Find(batch, row).Status != MatchStatus.Unmatched)
                {
                    continue;
                }

                scratch.Reset();
                ConvertedValue key = chain.Convert(raw, scratch);
                if (!key.Failed && !key.IsNull)
                {
                    keys.Ask(row, CanonicalForm.Uniform(key.Text, scratch));
                }
            }
        };
    }

    private static void Ask(BatchKeys keys, int row, ReadOnlySpan<byte> id, IdForm form, MirrorType keyType)
    {
        id = IdForms.KeyOf(id, form);
        // A uuid is the same in capitals and in braces, and comes back in lower case: no other id can be meant.
        if (keyType == MirrorType.Uuid && Guid.TryParse(Encoding.UTF8.GetString(id), out Guid uuid))
        {
            Span<byte> text = stackalloc byte[36];
            _ = uuid.TryFormat(text, out _);
            keys.Ask(row, text);
            return;
        }

        keys.Ask(row, CanonicalForm.IsComposed(id) ? id : CanonicalForm.Uniform(id, new Utf8Scratch()));
    }
}

/// <summary>How a fallback key is converted.</summary>
internal static class FallbackKey
{
    /// <summary>The conversions of a key, in lower case at the end when case is ignored.</summary>
    public static IReadOnlyList<ConversionDefinition> Steps(MatchKeyDefinition key)
        => key.IgnoreCase ? [.. key.Convert, new LowerDefinition()] : key.Convert;
}
