using Recon.Postgres.Push;

namespace Recon.Push.Tests.Approving;

/// <summary>The most specific word counts, of equal ones the latest, and without any word nothing is sent.</summary>
public sealed class ApprovalJudgeTests
{
    private static readonly PlannedChange s_change = new("companies", "1", "country", "France", "FR");

    private static readonly ApprovalWish s_all = new(ApprovalScope.All, null, null, null, null, null, true);
    private static readonly ApprovalWish s_property = new(ApprovalScope.Property, null, "country", null, null, null, true);
    private static readonly ApprovalWish s_transition = new(ApprovalScope.Transition, null, "country", "France", "FR", null, true);
    private static readonly ApprovalWish s_record = new(ApprovalScope.Record, null, null, null, null, "1", true);

    [Fact]
    public void Change_OfWhichNobodySpoke_IsNotApproved()
        => Assert.Null(Judging.Of(s_change, Said(
            s_property with { Property = "city" },
            s_transition with { Old = "" },
            s_record with { LegacyId = "2" },
            s_record with { Property = "city" },
            s_all with { Pipeline = "contacts" })));

    [Fact]
    public void Word_MoreSpecific_CountsWheneverItWasSaid()
    {
        ApprovalWish[] wishes = [s_all, s_property, s_transition, s_record];
        for (int wide = 0; wide < wishes.Length; wide++)
        {
            for (int narrow = wide + 1; narrow < wishes.Length; narrow++)
            {
                Assert.False(Judging.Of(s_change, Said(wishes[narrow] with { IsApproved = false }, wishes[wide])));
                Assert.True(Judging.Of(s_change, Said(wishes[narrow], wishes[wide] with { IsApproved = false })));
            }
        }
    }

    [Fact]
    public void Word_Later_CountsAmongEqualOnes()
    {
        Assert.False(Judging.Of(s_change, Said(s_all, s_all with { Pipeline = "companies", IsApproved = false })));
        Assert.True(Judging.Of(s_change, Said(s_all with { Pipeline = "companies", IsApproved = false }, s_all)));
        Assert.False(Judging.Of(s_change, Said(s_record, s_record with { Property = "country", IsApproved = false })));
        Assert.True(Judging.Of(s_change, Said(s_record with { Property = "country", IsApproved = false }, s_record)));
    }

    [Fact]
    public void State_OfARecord_FollowsFromItsChanges()
    {
        PlannedChange city = s_change with { Property = "city" };
        Assert.Equal(PushState.Approved, Judging.StateOf([s_change, city], Said(s_all with { IsApproved = false }, s_property)));
        Assert.Equal(PushState.Rejected, Judging.StateOf([s_change, city], Said(s_all with { IsApproved = false })));
        Assert.Equal(PushState.Planned, Judging.StateOf([s_change, city], Said(s_property with { IsApproved = false })));
    }

    private static Approval[] Said(params ApprovalWish[] wishes)
        => [.. wishes.Select((wish, index) => new Approval(index + 1, wish, "Ada", default, null, false))];
}
