document.body.append('desk')
