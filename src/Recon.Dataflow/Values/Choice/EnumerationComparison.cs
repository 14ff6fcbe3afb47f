using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>The same internal value, case included.</summary>
internal sealed class EnumerationComparison : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
        => WrongData.AreEqual(left, right, scratch);
}
