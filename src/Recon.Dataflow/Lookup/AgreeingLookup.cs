using System.Buffers;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Lookup;

/// <summary>A fallback with several keys: the first one is asked for, the others must agree by meaning.</summary>
internal sealed class AgreeingLookup : ILookup
{
    private readonly ILookup _first;
    private readonly (int Source, int Mirror, ConversionChain Chain, IComparison Comparison, KeyReader Read)[] _others;

    /// <summary>Wraps the lookup by the first key.</summary>
    /// <param name="context">Defaults and folder, for the conversions of the keys.</param>
    public AgreeingLookup(ILookup first, ReconciliationPlan plan, ConversionContext context)
    {
        _first = first;
        _others =
        [
            .. first.Definition.On.Skip(1).Select(key =>
            {
                ConversionChain chain = ConversionChain.Compile(FallbackKey.Steps(key), context);
                return (
                    plan.Columns.Source.IndexOf(key.Column),
                    ReconciliationPlan.IndexOf(plan.Columns.Mirror, key.Property),
                    chain,
                    chain.Produces.Compile(context),
                    KeyReaders.Converted(key, context));
            }),
        ];
    }

    public ValidLookup Definition => _first.Definition;

    public IReadOnlyList<MirrorColumn> Columns => _first.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        LookupAnswer answer = await _first.FindAsync(batch, cancellationToken);
        return Narrow(batch, answer);
    }

    private LookupAnswer Narrow(RecordBatch batch, LookupAnswer answer)
    {
        int[] starts = ArrayPool<int>.Shared.Rent(batch.RowCount + 1);
        List<int> agreeing = [];
        var scratch = new Utf8Scratch();
        for (int row = 0; row < batch.RowCount; row++)
        {
            starts[row] = agreeing.Count;
            foreach (int candidate in answer.Candidates(row))
            {
                if (Agrees(batch, row, answer.Rows, candidate, scratch))
                {
                    agreeing.Add(candidate);
                }
            }
        }

        starts[batch.RowCount] = agreeing.Count;
        int[] candidates = ArrayPool<int>.Shared.Rent(agreeing.Count + 1);
        agreeing.CopyTo(candidates);
        return answer.With(starts, candidates);
    }

    private bool Agrees(RecordBatch batch, int row, MirrorRows mirror, int candidate, Utf8Scratch scratch)
    {
        scratch.Reset();
        foreach ((int source, int column, ConversionChain chain, IComparison comparison, KeyReader read) in _others)
        {
            ReadOnlySpan<byte> raw = batch.Field(row, source);
            if (raw.IsEmpty)
            {
                return false;
            }

            ConvertedValue legacy = chain.Convert(raw, scratch);
            ReadOnlySpan<byte> hubspot = MirrorText.Read(
                mirror.Raw(candidate, column), mirror.TypeOf(column), scratch);
            hubspot = hubspot.IsEmpty ? hubspot : read(hubspot, scratch);
            if (legacy.Failed || legacy.IsNull || hubspot.IsEmpty
                || (!legacy.Text.SequenceEqual(hubspot) && !comparison.AreEqual(legacy.Text, hubspot, scratch)))
            {
                return false;
            }
        }

        return true;
    }
}
