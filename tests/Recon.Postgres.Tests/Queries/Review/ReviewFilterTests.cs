using Recon.Postgres.Queries.Review;

namespace Recon.Postgres.Tests.Queries.Review;

/// <summary>What a filter says in an address is what it says when the address is read.</summary>
public sealed class ReviewFilterTests
{
    private static readonly string[] s_parts =
    [
        "a", "Ω", "é", "&", "=", "+", " ", "%", "%41", "?", "#", "/", "\\", "'", "\"", "<script>", "; drop table x;--", "\u202e", "\u001f", "\n", "🙂", "(none)", "5+", "_",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parse_WhatToQueryWrote_IsTheSame(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++)
        {
            ReviewFilter filter = ReviewFilter.All with { Text = Value(random) };
            foreach (ReviewFacet facet in Enum.GetValues<ReviewFacet>())
            {
                filter = filter.With(facet, Value(random));
            }

            string query = filter.ToQuery();

            Assert.Equal(filter, ReviewFilter.Parse(query));
            Assert.Equal(filter, ReviewFilter.Parse("?other=1&" + query + "&another"));
            Assert.DoesNotContain(query, character => character is '<' or '"' or '\'' or ' ' or '#' || char.IsControl(character));
        }
    }

    [Theory]
    [InlineData("status=a&status=b", "status=a")]
    [InlineData("status=&rule=r", "rule=r")]
    [InlineData("status=%00x&rule=r", "rule=r")]
    [InlineData("%73tatus=a+b", "status=a%20b")]
    [InlineData("status=%", "status=%25")]
    [InlineData("status=%ff%fe", "status=%25ff%25fe")]
    [InlineData("nothing", "")]
    [InlineData("?&&=x&", "")]
    [InlineData(null, "")]
    public void Parse_WhatNobodyWrote_TakesWhatItCan(string? query, string expected)
        => Assert.Equal(expected, ReviewFilter.Parse(query).ToQuery());

    [Fact]
    public void Parse_AValueOfAPage_IsNone() => Assert.Equal(ReviewFilter.All, ReviewFilter.Parse("q=" + new string('x', 1001)));

    private static string? Value(Random random)
        => random.Next(3) == 0 ? null : string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => s_parts[random.Next(s_parts.Length)]));
}
