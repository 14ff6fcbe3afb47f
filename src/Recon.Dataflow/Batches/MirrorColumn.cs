using Recon.Dataflow.Values;

namespace Recon.Dataflow.Batches;

/// <summary>A column of a mirror table, as the catalog describes it.</summary>
internal readonly record struct MirrorColumn(string Name, MirrorType Type);
