using System.Buffers;
using System.Globalization;
using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Tests.Lookups;

public sealed class RememberedIdsTests
{
    // Few letters, so that keys repeat.
    private static readonly Gen<string> s_key = Gen.OneOf(
        Gen.Char["01"].Array[1, 3].Select(letters => new string(letters)),
        Gen.Char["0é"].Array[1, 10].Select(letters => new string(letters)),
        Gen.Int[7, 10].Select(length => new string('x', length)));

    // What a row asks for; null for nothing.
    private static readonly Gen<string?[]> s_batch = s_key.Null().Array[0, 60];

    [Fact]
    public void Answer_AnyBatches_AgreesWithTheTable()
        => Gen.Select(s_batch.Array[1, 12], Gen.Dictionary(s_key, Gen.Long[1, 1_000_000_000_000].Array[0, 3])[0, 40], Gen.OneOf(0L, 4_096, 5_000, 1_000_000))
            .Sample((batches, table, budget) =>
            {
                RememberedIds remembered = new(budget);

                // Two batches at a time: both ask before either of them keeps what it found.
                foreach (string?[][] pair in batches.Chunk(2))
                {
                    List<Question> questions = [.. pair.Select(rows => new Question(remembered, rows))];
                    questions.ForEach(question => question.RequireAnswer(table));
                    questions.ForEach(question => question.Dispose());
                }
            });

    [Fact]
    public void Find_KeysThatWereAnswered_AreNotAskedForAgain()
        => Gen.Select(s_batch.Array[1, 6], Gen.Dictionary(s_key, Gen.Long[1, 99].Array[0, 3])[0, 40]).Sample((batches, table) =>
        {
            RememberedIds remembered = new(1_000_000);
            HashSet<string> seen = [];
            foreach (string?[] rows in batches)
            {
                using Question question = new(remembered, rows);

                Assert.Equal(rows.OfType<string>().Distinct().Where(key => !seen.Contains(key)), question.Unknown);
                question.RequireAnswer(table);
                seen.UnionWith(rows.OfType<string>());
            }

            Assert.Equal(seen.Count, remembered.Count);
        });

    [Fact]
    public void Find_AllKeysOfTwoLettersAndUpToNineBytes_AreToldApart()
    {
        RememberedIds remembered = new(1_000_000);
        string[] keys = [.. Enumerable.Range(1, 9).SelectMany(length => Enumerable.Range(0, 1 << length).Select(bits =>
            string.Concat(Enumerable.Range(0, length).Select(bit => (bits >> bit & 1) == 0 ? 'a' : 'b'))))];
        Dictionary<string, long[]> table = keys.Select((key, number) => (key, number)).ToDictionary(pair => pair.key, pair => new long[] { pair.number + 1 });
        using Question first = new(remembered, keys);
        first.RequireAnswer(table);

        using Question second = new(remembered, [.. keys.Reverse()]);

        Assert.Equal(keys, first.Unknown);
        Assert.Empty(second.Unknown);
        Assert.Equal(keys.Length, remembered.Count);
        second.RequireAnswer(table);
    }

    [Fact]
    public void Answer_MoreKeysThanThereIsRoomFor_StaysFullAndRight()
    {
        RememberedIds remembered = new(64 * 1024);
        Dictionary<string, long[]> table = Table(50_000);
        List<int> counts = [];
        foreach (string[] keys in table.Keys.Chunk(1_000))
        {
            using Question question = new(remembered, keys);
            question.RequireAnswer(table);
            counts.Add(remembered.Count);
        }

        // The smallest entry takes 25 bytes.
        Assert.InRange(counts[^1], 300, 64 * 1024 / 25);
        Assert.All(counts.Skip(10), count => Assert.Equal(counts[^1], count));
        using Question first = new(remembered, [.. table.Keys.Take(300)]);
        Assert.Empty(first.Unknown);
        first.RequireAnswer(table);
    }

    [Fact]
    public void Answer_ManyKeys_KeepsEveryOneWhileItGrows()
    {
        RememberedIds remembered = new(32 * 1024 * 1024);
        Dictionary<string, long[]> table = Table(50_000);
        foreach (string[] keys in table.Keys.Chunk(1_000))
        {
            using Question question = new(remembered, keys);
            question.RequireAnswer(table);
        }

        using Question all = new(remembered, [.. table.Keys]);

        Assert.Empty(all.Unknown);
        Assert.Equal(table.Count, remembered.Count);
        all.RequireAnswer(table);
    }

    [Fact]
    public void Answer_KeyWithMoreIdsThanTheBudget_IsNotKept()
    {
        RememberedIds remembered = new(64 * 1024);
        Dictionary<string, long[]> table = new() { ["a"] = [.. Enumerable.Range(1, 20_000).Select(id => (long)id)] };
        using Question question = new(remembered, ["a"]);

        question.RequireAnswer(table);

        Assert.Equal(0, remembered.Count);
    }

    // None, one or several ids; every seventh key is longer than eight bytes.
    private static Dictionary<string, long[]> Table(int keys) => Enumerable.Range(1, keys).ToDictionary(
        number => number.ToString(CultureInfo.InvariantCulture) + (number % 7 == 0 ? "-a-longer-key" : ""),
        number => Enumerable.Range(0, number % 50 == 0 ? 3 : number % 10 == 0 ? 0 : 1).Select(id => (number * 10L) + id).ToArray());

    /// <summary>A batch that has asked what is remembered.</summary>
    private sealed class Question : IDisposable
    {
        private readonly RememberedIds _remembered;
        private readonly string?[] _rows;
        private readonly BatchKeys _keys;
        private readonly BatchKeys _unknown;
        private readonly int[] _held;

        public Question(RememberedIds remembered, string?[] rows)
        {
            _remembered = remembered;
            _rows = rows;
            _keys = new BatchKeys(rows.Length);
            for (int row = 0; row < rows.Length; row++)
            {
                if (rows[row] is { } key)
                {
                    _keys.Ask(row, Encoding.UTF8.GetBytes(key));
                }
            }

            _unknown = new BatchKeys(_keys.Count);
            _held = new int[_keys.Count];
            remembered.Find(_keys, _held, _unknown);
        }

        public IEnumerable<string> Unknown
            => Enumerable.Range(0, _unknown.Count).Select(index => Encoding.UTF8.GetString(_unknown.Key(index)));

        public void RequireAnswer(Dictionary<string, long[]> table)
        {
            using LookupAnswer? found = _unknown.Count == 0 ? null : Ask(table);
            using LookupAnswer answer = _remembered.Answer(_keys, _held, found);
            for (int row = 0; row < _rows.Length; row++)
            {
                long[] expected = _rows[row] is { } key ? [.. table.GetValueOrDefault(key, []).Order()] : [];
                Assert.Equal(expected, answer.Candidates(row).ToArray().Select(answer.Rows.HubspotId));
            }
        }

        public void Dispose()
        {
            _keys.Dispose();
            _unknown.Dispose();
        }

        // What the server would say, in no particular order.
        private LookupAnswer Ask(Dictionary<string, long[]> table)
        {
            (int Key, long Id)[] rows = [.. Enumerable.Range(0, _unknown.Count).Reverse().SelectMany(index => table
                .GetValueOrDefault(Encoding.UTF8.GetString(_unknown.Key(index)), []).Select(id => (index, id)))];
            long[] ids = ArrayPool<long>.Shared.Rent(Math.Max(rows.Length, 1));
            for (int row = 0; row < rows.Length; row++)
            {
                ids[row] = rows[row].Id;
            }

            return AnswerJoin.Join(_unknown, MirrorRows.OfIds(ids, rows.Length), [.. rows.Select(row => row.Key)]);
        }
    }
}
