using System.Buffers;

namespace Recon.Dataflow.Text;

/// <summary>
/// Arrays of the shared pool. Recon.Postgres compiles this file too: it is no part of what the package offers. An assembly
/// that sees the internals of both has to choose one by an alias.
/// </summary>
internal static class PooledArray
{
    /// <summary>Exchanges an array for a larger one.</summary>
    /// <param name="array">The array; it goes back to the pool.</param>
    /// <param name="least">How many there must be room for; there is at least twice the room that there was.</param>
    public static void Grow<T>(ref T[] array, int used, int least)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(checked(array.Length * 2), least));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }
}
