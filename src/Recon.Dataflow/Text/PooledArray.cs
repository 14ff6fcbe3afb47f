using System.Buffers;

namespace Recon.Dataflow.Text;

/// <summary>
/// Arrays of the shared pool. Recon.Postgres compiles this file too: it is no part of what the package offers. An assembly
/// that sees the internals of both has to choose one by an alias.
/// </summary>
internal static class PooledArray
{
    /// <summary>
    /// Largest array, in bytes, that goes back to the pool. The pool rounds lengths up to powers of two and keeps what it
    /// is given: of the few batches with long texts it would keep twice what they need.
    /// </summary>
    private const int LargestPooled = 1024 * 1024;

    /// <summary>An array with room for at least so many; of large ones, no more. Its content is not cleared.</summary>
    public static byte[] Rent(int least)
        => least > LargestPooled ? GC.AllocateUninitializedArray<byte>(least) : ArrayPool<byte>.Shared.Rent(least);

    /// <summary>Gives an array back that <see cref="Rent"/> or <see cref="Grow"/> gave.</summary>
    public static void Return<T>(T[] array)
    {
        if (array is not byte[] { Length: > LargestPooled })
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }

    /// <summary>Exchanges an array for a larger one.</summary>
    /// <param name="array">The array; it is given back.</param>
    /// <param name="least">How many there must be room for; there is at least half as much room again as there was.</param>
    public static void Grow<T>(ref T[] array, int used, int least)
    {
        int more = array.Length > LargestPooled ? array.Length / 2 : array.Length;
        int length = Math.Max(checked(array.Length + more), least);
        T[] larger = typeof(T) == typeof(byte) ? (T[])(object)Rent(length) : ArrayPool<T>.Shared.Rent(length);
        array.AsSpan(0, used).CopyTo(larger);
        Return(array);
        array = larger;
    }
}
