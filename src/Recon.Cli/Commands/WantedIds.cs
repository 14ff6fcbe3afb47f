using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Cli.Commands;

/// <summary>The ids of <c>--ids</c> as each pipeline's records carry them.</summary>
internal static class WantedIds
{
    /// <summary>Makes the ids canonical.</summary>
    /// <exception cref="UsageException">An id is none of a pipeline.</exception>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Of(
        IReadOnlyList<ValidPipeline> pipelines, IReadOnlySet<string> ids)
    {
        var wanted = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        foreach (ValidPipeline pipeline in pipelines)
        {
            var canonical = new HashSet<string>(StringComparer.Ordinal);
            foreach (string id in ids)
            {
                if (!LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(id), pipeline.Csv.IdType, out ReadOnlySpan<byte> text, out string? why))
                {
                    throw new UsageException(
                        $"--ids: '{id}' is no legacy id of '{pipeline.Name}': {why ?? "it is empty"}. Correct it, or name the pipelines to run.");
                }

                _ = canonical.Add(Encoding.UTF8.GetString(text));
            }

            wanted.Add(pipeline.Name, canonical);
        }

        return wanted;
    }
}
