import time,sys
from tests.environment import environment
from koppeling.core.clock import Deadline
from koppeling.bootstrap import runs
n=int(sys.argv[2])
if sys.argv[1]=="off":
    runs.Runs._journal=lambda self,request,day: None
writes=[0]
with environment(accounts=n) as b:
    t=time.process_time()
    for _ in range(30):
        s=b.pull()
        b.clock.advance(5)
        if s.outcome=="done": break
    dt=time.process_time()-t
    from tests.integration.undoing import tables
    lines=len(list(b.wiring.stores.journal.lines(b.connection.id,"accounts")))
    print(sys.argv[1],n,s.outcome,s.counts,round(dt,2),"s CPU (sandboxes included)",lines,"lines")
    if sys.argv[1]=="on":
        t=time.process_time();calls=len(b.milestones.journal.calls())
        r=b.wiring.undo.run(b.connection.id,Deadline(lambda:100_000)); print("undo",r.outcome,dict(r.counts),round(time.process_time()-t,2),"s CPU",len(b.milestones.journal.calls())-calls,"calls")
