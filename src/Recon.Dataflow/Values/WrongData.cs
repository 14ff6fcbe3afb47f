using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>Values that are not of the property's type: they equal only the same text.</summary>
internal static class WrongData
{
    internal static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
        => CanonicalForm.AreEqual(Utf8WhiteSpace.Trim(left), Utf8WhiteSpace.Trim(right), scratch);
}
