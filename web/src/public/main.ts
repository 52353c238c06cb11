document.body.append('public')
