import pathlib,re,subprocess,sys
for p in subprocess.run(["git","diff","--name-only","--diff-filter=U"],capture_output=True,text=True).stdout.split():
    f=pathlib.Path(p);s=f.read_text()
    def both(m): return m.group(1)+m.group(2)
    s=re.sub(r"<<<<<<< .*?\n((?:.|\n)*?)=======\n((?:.|\n)*?)>>>>>>> .*?\n",both,s)
    f.write_text(s); print(p)
