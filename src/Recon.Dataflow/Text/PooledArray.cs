using System.Buffers;
using System.Runtime.CompilerServices;

namespace Recon.Dataflow.Text;

/// <summary>
/// Arrays that are used again: of the shared pool, and large ones of bytes from a list of their own. The shared pool rounds lengths up
/// to powers of two and keeps what it is given, which for the buffers of batches is up to twice what they need.
/// </summary>
internal static class PooledArray
{
    /// <summary>Largest array of bytes that comes from the shared pool; larger ones are as long as was asked for, or a little longer.</summary>
    private const int LargestShared = 64 * 1024;

    /// <summary>Largest array that is kept: of a few batches with long texts nothing stays.</summary>
    private const int LargestKept = 8 * 1024 * 1024;

    /// <summary>Bytes of all arrays that are kept together; the oldest go first.</summary>
    private const int MostKept = 16 * 1024 * 1024;

    private static readonly Lock s_gate = new();
    private static readonly List<byte[]> s_free = [];
    private static long s_kept;

    /// <summary>An array with room for at least so many. Its content is not cleared.</summary>
    public static byte[] Rent(int least)
        => least <= LargestShared ? ArrayPool<byte>.Shared.Rent(least) : Take(least) ?? GC.AllocateUninitializedArray<byte>(least);

    /// <summary>Gives an array back that <see cref="Rent"/> or <see cref="Grow"/> gave.</summary>
    public static void Return<T>(T[] array)
    {
        if (array is byte[] { Length: > LargestShared } large)
        {
            Keep(large);
        }
        else
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }

    /// <summary>Exchanges an array for a larger one.</summary>
    /// <param name="array">The array; it is given back.</param>
    /// <param name="least">How many there must be room for; there is at least half as much room again as there was.</param>
    public static void Grow<T>(ref T[] array, int used, int least)
    {
        int more = typeof(T) == typeof(byte) && array.Length > LargestShared ? array.Length / 2 : array.Length;
        int length = Math.Max(checked(array.Length + more), least);
        T[] larger = typeof(T) == typeof(byte) ? (T[])(object)Rent(length) : ArrayPool<T>.Shared.Rent(length);
        array.AsSpan(0, used).CopyTo(larger);

        // What grows step by step would leave each step behind.
        if (typeof(T) == typeof(byte) || array.Length <= LargestShared / Unsafe.SizeOf<T>())
        {
            Return(array);
        }

        array = larger;
    }

    // The shortest that is long enough, and not half as long again.
    private static byte[]? Take(int least)
    {
        lock (s_gate)
        {
            int best = -1;
            for (int index = 0; index < s_free.Count; index++)
            {
                int length = s_free[index].Length;
                if (length >= least && length - least <= least / 2 && (best < 0 || length < s_free[best].Length))
                {
                    best = index;
                }
            }

            if (best < 0)
            {
                return null;
            }

            byte[] array = s_free[best];
            s_free.RemoveAt(best);
            s_kept -= array.Length;
            return array;
        }
    }

    private static void Keep(byte[] array)
    {
        if (array.Length > LargestKept)
        {
            return;
        }

        lock (s_gate)
        {
            s_free.Add(array);
            s_kept += array.Length;
            while (s_kept > MostKept)
            {
                s_kept -= s_free[0].Length;
                s_free.RemoveAt(0);
            }
        }
    }
}
