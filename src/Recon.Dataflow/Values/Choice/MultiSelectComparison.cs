using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>The same set of values: order, repeats and outer semicolons do not count.</summary>
internal sealed class MultiSelectComparison : IComparison
{
    // Beyond this length looking each value up by scanning takes too long, and sets are worth their allocation.
    private const int LongestScanned = 4096;

    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        left = CanonicalForm.Of(left, scratch);
        right = CanonicalForm.Of(right, scratch);
        return left.Length + right.Length > LongestScanned ? Set(left).SetEquals(Set(right))
            : IsWithin(left, right) && IsWithin(right, left);
    }

    private static bool IsWithin(ReadOnlySpan<byte> list, ReadOnlySpan<byte> other)
    {
        foreach (Range part in list.Split((byte)';'))
        {
            ReadOnlySpan<byte> item = Utf8WhiteSpace.Trim(list[part]);
            if (!item.IsEmpty && !Utf8List.Holds(other, item))
            {
                return false;
            }
        }

        return true;
    }

    private static HashSet<byte[]> Set(ReadOnlySpan<byte> list)
    {
        HashSet<byte[]> set = new(Utf8Comparer.Instance);
        foreach (Range part in list.Split((byte)';'))
        {
            ReadOnlySpan<byte> item = Utf8WhiteSpace.Trim(list[part]);
            if (!item.IsEmpty)
            {
                _ = set.Add(item.ToArray());
            }
        }

        return set;
    }
}
